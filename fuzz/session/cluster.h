// SPDX-License-Identifier: GPL-2.0-only
//
// Which findings are one: those of the executor by their whole signature; sanitizer reports, named
// sanitizer.<type>.<frame>.<frame>.<frame>, by ClusterFuzz's rule: the same type, and two frames
// in common in their order, or names alike by more than 0.8.
//
// Ownership Plain values. Errors: none. Threads: no state.
// Source    ClusterFuzz's crash comparer (the rule, not the code).
#ifndef ARENAFUZZ_FUZZ_SESSION_CLUSTER_H_
#define ARENAFUZZ_FUZZ_SESSION_CLUSTER_H_

#include <string>
#include <string_view>

namespace arenafuzz {

// Whether two signatures belong to one cluster.
bool same_cluster(std::string_view left, std::string_view right);

// Whether two signatures say the same of another operation, size class or fault: the same oracle,
// site and difference. A hint at one cause, no more. The oracle `neighbour` says what another one
// would where the BPF program did not release the pool's pages, so it goes with any oracle.
bool same_complaint(std::string_view left, std::string_view right);

// 0 to 1: how much of two texts is common, in order.
double likeness(std::string_view left, std::string_view right);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_CLUSTER_H_
