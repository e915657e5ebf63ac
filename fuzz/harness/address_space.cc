// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/harness/address_space.h"

#include <signal.h>
#include <sys/mman.h>

#include "fuzz/harness/arena_layout.h"

namespace arenafuzz {

std::uint64_t kernel_base = kKernelBases[0];

namespace {

constexpr std::uint64_t kReservedBytes = kKernelStride * limits::kMaxMaps;

void (*stray_handler)(std::uint64_t) = nullptr;
struct sigaction former_action;

// Whoever was there before sees the signal as if we had not been.
void pass_on(int signal, siginfo_t* info, void* context) {
  if ((former_action.sa_flags & SA_SIGINFO) != 0) {
    former_action.sa_sigaction(signal, info, context);
  } else if (former_action.sa_handler == SIG_DFL || former_action.sa_handler == SIG_IGN) {
    sigaction(signal, &former_action, nullptr);  // the access faults again, and kills
  } else {
    former_action.sa_handler(signal);
  }
}

void on_segv(int signal, siginfo_t* info, void* context) {
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(info->si_addr));
  const bool ours = address - kernel_base < kReservedBytes;
  if (ours && stray_handler != nullptr) stray_handler(address);
  pass_on(signal, info, context);
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
    return "the addresses 0x7e9000000000 to 0x7edfffffffff are taken: run without a tool that maps "
           "them";
  struct sigaction action{};
  action.sa_sigaction = on_segv;
  // The handler leaves by longjmp, so the signal must not stay blocked.
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &action, &former_action);
  reserved = true;
  return nullptr;
}

void set_stray_handler(void (*handler)(std::uint64_t address)) { stray_handler = handler; }

}  // namespace arenafuzz
