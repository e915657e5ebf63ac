/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An engine as OSS-Fuzz hands one over in $LIB_FUZZING_ENGINE, an archive with a main: it stands
 * for honggfuzz and centipede, which Debian does not have. Runs every file of its command line
 * once.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
__attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

int main(int argc, char** argv) {
  int i;

  if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
  for (i = 1; i < argc; i++) {
    FILE* file = fopen(argv[i], "rb");
    uint8_t* data;
    size_t size;

    if (!file) return 2;
    data = malloc(1 << 20);
    size = fread(data, 1, 1 << 20, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
  }
  printf("ran %d files\n", argc - 1);
  return 0;
}
