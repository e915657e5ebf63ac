// SPDX-License-Identifier: GPL-2.0-only
//
// A program from a file of text or bytes.
// Errors: a sentence; for text it begins "file:line: expected ...". Source: docs/design.md,
// docs/format.md.
#ifndef ARENAFUZZ_FUZZ_CLI_PROGRAM_FILE_H_
#define ARENAFUZZ_FUZZ_CLI_PROGRAM_FILE_H_

#include <string>

#include "fuzz/cli/files.h"
#include "fuzz/program/program.h"

namespace arenafuzz::cli {

struct ProgramFile {
  std::string content;  // of bytes, no more than decode reads
  bool is_text = false;
  Program program;
};

// Reads standard input now, for load_program in this process and those that it forks: their own is
// another's, or at its end.
void keep_standard_input();

// `always_text`: whatever the file's name and beginning.
Status load_program(const std::string& name, ProgramFile* file, bool always_text = false);

}  // namespace arenafuzz::cli

#endif  // ARENAFUZZ_FUZZ_CLI_PROGRAM_FILE_H_
