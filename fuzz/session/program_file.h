// SPDX-License-Identifier: GPL-2.0-only
//
// A program from a file of text or bytes.
// Errors: a sentence; for text it begins "file:line: expected ...". Source: docs/design.md,
// docs/format.md.
#ifndef ARENAFUZZ_FUZZ_SESSION_PROGRAM_FILE_H_
#define ARENAFUZZ_FUZZ_SESSION_PROGRAM_FILE_H_

#include <string>
#include <vector>

#include "fuzz/base/files.h"
#include "fuzz/program/program.h"

namespace arenafuzz {

struct ProgramFile {
  std::string content;  // of bytes, no more than decode reads
  bool is_text = false;
  Program program;
};

// Reads now those that can be read but once or by this process alone, standard input, pipes and
// what is below /dev and /proc, for load_program here and in what is forked.
void keep_streams(const std::vector<std::string>& names);

// `always_text`: whatever the file's name and beginning.
Status load_program(const std::string& name, ProgramFile* file, bool always_text = false);

}  // namespace arenafuzz

#endif  // ARENAFUZZ_FUZZ_SESSION_PROGRAM_FILE_H_
