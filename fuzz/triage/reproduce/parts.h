// SPDX-License-Identifier: GPL-2.0-only
//
// The C that every reproducer is put together from, in kernel style: the files of parts/, which
// compile by themselves (tests/fuzz/triage/reproduce/parts.c) and are embedded by CMake.
//
//   reproducer.c        shim_check   [arena] shim_seams  shim_claims|shim_no_claims shim_reports
//   reproducer_kunit.c  kunit_check  [arena] kunit_seams [kunit_claims]
//   both then           pool_checks  schedulers|gen_pool [masks] [worker] reproduce()
//   shim_main|kunit_suite
//
// arena: failing_calls alone for a gen_pool, else arena_pages failing_calls arena_claims.
//
// Ownership None. Threads: none.
#ifndef ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_PARTS_H_
#define ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_PARTS_H_

#include <string_view>

namespace arenafuzz::parts {

extern const std::string_view kArenaPages;
extern const std::string_view kFailingCalls;
extern const std::string_view kArenaClaims;
extern const std::string_view kWorker;
extern const std::string_view kPoolChecks;
extern const std::string_view kSchedulers;
extern const std::string_view kMasks;
extern const std::string_view kGenPool;

extern const std::string_view kShimCheck;
extern const std::string_view kShimSeams;
extern const std::string_view kShimClaims;
extern const std::string_view kShimNoClaims;
extern const std::string_view kShimReports;
extern const std::string_view kShimMain;

extern const std::string_view kKunitCheck;
extern const std::string_view kKunitSeams;
extern const std::string_view kKunitClaims;
extern const std::string_view kKunitSuite;

}  // namespace arenafuzz::parts

#endif  // ARENAFUZZ_FUZZ_TRIAGE_REPRODUCE_PARTS_H_
