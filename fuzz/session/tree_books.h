// SPDX-License-Identifier: GPL-2.0-only
//
// What the kernel tree of this binary does with its books, in a line for the head of an output.
// Ownership, errors: none. Threads: one.
#ifndef ARENAFUZZ_FUZZ_SESSION_TREE_BOOKS_H_
#define ARENAFUZZ_FUZZ_SESSION_TREE_BOOKS_H_

#include <string>

namespace arenafuzz {

// "books: sizes rounded to 64 bytes"; "" if they are kept in the reference's way. Measured in a
// child of its own: what a tree does then must not end the command.
std::string tree_books();

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_TREE_BOOKS_H_
