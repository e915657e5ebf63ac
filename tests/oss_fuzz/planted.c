/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small fuzz target that is good as it stands (enough edges, a dictionary, no output), and with
 * one -DPLANT_... has one fault that the gate of tests/oss_fuzz.sh must name: see
 * tests/oss_fuzz/faults.sh.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
int LLVMFuzzerInitialize(int* argc, char*** argv);

static volatile unsigned int sink;

/* Two edges for each bit of a byte, at each of 48 places of the input. */
#define BIT(place, bit) \
  if (size > (place) && data[place] >> (bit) & 1) sink += (place) * 8 + (bit)
#define BYTE(place) \
  BIT(place, 0);    \
  BIT(place, 1);    \
  BIT(place, 2);    \
  BIT(place, 3);    \
  BIT(place, 4);    \
  BIT(place, 5);    \
  BIT(place, 6);    \
  BIT(place, 7)

#define EIGHT_TIMES(statement) \
  statement statement statement statement statement statement statement statement

// Many memory accesses without a branch.
static void touch(const uint8_t* data, size_t size) {
  if (size < 4) return;
  EIGHT_TIMES(EIGHT_TIMES(EIGHT_TIMES(sink += *(const volatile uint8_t*)(data + (sink & 3));)))
}

#ifdef PLANT_FEW_EDGES
static void look(const uint8_t* data, size_t size) { touch(data, size); }
#else
#define EIGHT(place) \
  BYTE(place);       \
  BYTE(place + 1);   \
  BYTE(place + 2);   \
  BYTE(place + 3);   \
  BYTE(place + 4);   \
  BYTE(place + 5);   \
  BYTE(place + 6);   \
  BYTE(place + 7)

__attribute__((noinline)) static void look(const uint8_t* data, size_t size) {
  EIGHT(0);
  EIGHT(8);
  EIGHT(16);
  EIGHT(24);
  EIGHT(32);
  EIGHT(40);
  touch(data, size);
}
#endif

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  (void)argc;
  (void)argv;
#ifdef PLANT_REFUSES_DASHES
  for (int i = 1; i < *argc; i++)
    if ((*argv)[i][0] == '-' && (*argv)[i][1] == '-') exit(2);
#endif
#ifdef PLANT_HOME
  sink += (unsigned int)strlen(getenv("HOME"));
#endif
#ifdef PLANT_OPTIONS
  if (strstr(getenv("ASAN_OPTIONS"), "quarantine_size_mb=10")) abort();
#endif
#ifdef PLANT_DEVICE
  if (!fopen("/dev/full", "r")) abort();
#endif
#ifdef PLANT_WRITES_ELSEWHERE
  if (!fopen("/var/tmp/planted", "w")) abort();
#endif
#ifdef PLANT_BOOKS
  fprintf(stderr, "arenafuzz: kernel tree planted, clean\n");
  fprintf(stderr, "arenafuzz: the tree ended the process that measured its books\n");
#endif
#ifdef PLANT_CAPABILITY
  if (nice(-1) == -1) abort();
#endif
#ifdef PLANT_PROCESS_ONE
  if (getpid() == 1) abort();
#endif
#ifdef PLANT_ENDS_EARLY
  exit(0);
#endif
#ifdef PLANT_NOT_UNDER_AFL
  if (getenv("__AFL_OUT_DIR")) abort();
#endif
#ifdef PLANT_SLOW_START
  while (clock() < 3 * CLOCKS_PER_SEC / 2) sink++;
#endif
  return 0;
}

#ifdef PLANT_NOT_INTERESTING
__attribute__((no_sanitize("coverage")))
#endif
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
#ifdef PLANT_NOT_INTERESTING
  (void)data;
  static void (*volatile unseen)(const uint8_t*, size_t) = look;

  if (size > 1u << 30) unseen(data, size);
#else
  look(data, size);
#endif
#ifdef PLANT_CRASHING_SEED
  if (size > 4) abort();
#endif
#ifdef PLANT_LONG_INPUT
  static void* volatile kept;
  if (size > 5000) {
    kept = malloc((size_t)3 << 30);
    free(kept);
  }
#endif
#ifdef PLANT_CRASH_LATER
  static unsigned int runs;

  if (++runs == 300) abort();
#endif
#ifdef PLANT_WRITES
  FILE* file = fopen("written", "w");

  if (file) fclose(file);
#endif
#ifdef PLANT_UNSTABLE
  static unsigned int calls;

  if (++calls % 3 == 0) sink += 7;
  if (calls % 5 == 0) sink += 9;
#endif
#ifdef PLANT_ABSOLUTE_PATH
  static const char* volatile place = PLANT_ABSOLUTE_PATH;

  sink += (unsigned int)strlen(place);
#endif
#ifdef PLANT_ADDRESSES
  uintptr_t address = (uintptr_t)&look;
  unsigned char bytes[16] = {0};

  address >>= 12;
  memcpy(bytes, &address, sizeof(address));
  look(bytes, sizeof(bytes));
#endif
  return 0;
}
