// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/backends/address_space.h"

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <bitset>
#include <memory>
#include <vector>

#include "fuzz/harness/backends/arena_layout.h"
#include "src/pool/bug.h"

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define ARENAFUZZ_MSAN 1
#endif
#endif

namespace arenafuzz {

std::uint64_t kernel_base = kKernelBases[0];

namespace {

constexpr std::uint64_t kReservedBytes = kKernelStride * limits::kMaxMaps;
constexpr std::uint64_t kPage = 4096;
// The handler's stack: it symbolizes nothing itself, but a sanitizer's handler that it calls does.
constexpr std::size_t kStackBytes = std::size_t{256} << 10;

struct sigaction former_action;

// Which pages are open: a bit for each, and their numbers in the order in which they were opened.
struct OpenPages {
  std::bitset<kReservedBytes / kPage> bits;
  std::vector<std::uint64_t> numbers;
};
std::unique_ptr<OpenPages> opened;  // made with the reservation
std::uint64_t open_count = 0;

void* pointer_to(std::uint64_t address) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(address));
}

// The former handler sees the signal as if ours had not been there.
void pass_on(int signal, siginfo_t* info, void* context) {
  if ((former_action.sa_flags & SA_SIGINFO) != 0) {
    former_action.sa_sigaction(signal, info, context);
  } else if (former_action.sa_handler == SIG_DFL || former_action.sa_handler == SIG_IGN) {
    sigaction(signal, &former_action, nullptr);  // the access faults again, and kills
  } else {
    former_action.sa_handler(signal);
  }
}

// An engine may have put its own handler in front, without SA_NODEFER: leaving by longjmp must not
// leave the signal blocked, or the next touch kills the process.
void unblock(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

void on_segv(int signal, siginfo_t* info, void* context) {
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(info->si_addr));
  if (address - kernel_base < kReservedBytes) {
    unblock(signal);  // the report may leave by longjmp
    if (arena_access(address)) return;
  }
  pass_on(signal, info, context);
}

// Without it a stack overflow has no stack to be reported on. A sanitizer brings its own.
void provide_signal_stack() {
  stack_t now{};
  if (sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
  stack_t wanted{};
  wanted.ss_sp = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  wanted.ss_size = kStackBytes;
  if (wanted.ss_sp != MAP_FAILED) sigaltstack(&wanted, nullptr);
}

void close_run(std::uint64_t number, std::uint64_t count) {
  void* memory = pointer_to(kernel_base + number * kPage);
  madvise(memory, count * kPage, MADV_DONTNEED);
  mprotect(memory, count * kPage, PROT_NONE);
}

bool reserve_at(std::uint64_t base) {
  void* wanted = reinterpret_cast<void*>(static_cast<std::uintptr_t>(base));
  void* got = mmap(wanted, kReservedBytes, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == wanted) return true;
  if (got != MAP_FAILED) munmap(got, kReservedBytes);
  return false;
}

bool reserve_first_free() {
  for (const std::uint64_t base : kKernelBases) {
    if (!reserve_at(base)) continue;
    kernel_base = base;
    return true;
  }
  return false;
}

}  // namespace

const char* reserve_arenas() {
  static bool reserved = sizeof(void*) == 4;
  if (reserved) return nullptr;
  if (!reserve_first_free())
    return "all five places for the arenas, from 0x550000000000 to 0x7ed3ffffffff, are taken: run "
           "without a tool that maps them";
  opened = std::make_unique<OpenPages>();
  opened->numbers.reserve(kMostOpenBytes / kPage);  // the handler must not allocate
  provide_signal_stack();
  struct sigaction action{};
  action.sa_sigaction = on_segv;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &former_action);
  reserved = true;
  return nullptr;
}

bool open_pages(std::uint64_t address, std::uint64_t bytes) {
  for (std::uint64_t at = address; at < address + bytes; at += kPage) {
    const std::uint64_t number = (at - kernel_base) / kPage;
    if (opened->bits[number]) continue;
    if (open_count == kMostOpenBytes / kPage ||
        opened->numbers.size() == opened->numbers.capacity() ||
        mprotect(pointer_to(at), kPage, PROT_READ | PROT_WRITE) != 0)
      return false;
#ifdef ARENAFUZZ_MSAN
    __msan_unpoison(pointer_to(at), kPage);
#endif
    opened->bits[number] = true;
    opened->numbers.push_back(number);
    ++open_count;
  }
  return true;
}

void close_pages(std::uint64_t address, std::uint64_t bytes) {
  if (open_count == 0) return;
  const std::uint64_t first = (address - kernel_base) / kPage;
  const std::uint64_t end = first + bytes / kPage;
  for (std::uint64_t number = first; number < end; ++number) {
    if (!opened->bits[number]) continue;
    const std::uint64_t begin = number;
    for (; number < end && opened->bits[number]; ++number) opened->bits[number] = false;
    close_run(begin, number - begin);
    open_count -= number - begin;
  }
  if (open_count == 0) opened->numbers.clear();
}

// A page that was closed and opened again is in the list twice.
void close_all_pages() {
  if (open_count == 0) return;
  std::sort(opened->numbers.begin(), opened->numbers.end());
  for (const std::uint64_t number : opened->numbers)
    if (opened->bits[number]) {
      std::uint64_t end = number;
      for (; end < opened->bits.size() && opened->bits[end]; ++end) opened->bits[end] = false;
      close_run(number, end - number);
    }
  opened->numbers.clear();
  open_count = 0;
}

bool any_page_open() { return open_count != 0; }

bool is_page_open(std::uint64_t address) {
  return open_count != 0 && address - kernel_base < kReservedBytes &&
         opened->bits[(address - kernel_base) / kPage];
}

}  // namespace arenafuzz
