#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""tests/planted_pool.py WORK [NAME...]

What `fuzz` makes of defects planted in our own pool, src/pool, one at a time.

Copies the project to WORK (made, or used again), plants each defect of the table below, builds, and
runs `fuzz` on one core from the committed corpus until its first finding. One line a defect: its
oracle, tier and time with the model, and without it, by `replay --no-model` of the whole corpus,
where a defect that only the model can see must stay silent. At the end, patches that break nothing,
without the model: they must be clean. Times are wall time with the start of the processes, without
the build. NAME picks lines.

Exit 0 if all ended as the table wants, else 1. Not part of CI: minutes, most of them compiling.
"""
import json
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
POOL, GEN, BITMAP = "src/pool/arena_pool.cc", "src/pool/gen_pool.cc", "src/pool/bitmap.cc"
SCHEDULER, HEADER = "src/pool/scheduler.cc", "src/pool/arena_pool.h"
RELEASE = "if (error != 0) map_->release(user_address, PageCount{pages});"
GUARD = "if (pool_ == nullptr || size == 0 || size > kMaxSize) return 0;"
VZALLOC = "void* memory = metadata_->allocate(MetadataSite::kVzalloc"
OVERLAP = "if (start <= chunk->end && start + size - 1 >= chunk->start) return true;"
PUBLISH = """    chunk->next = newest_.load(std::memory_order_relaxed);
    newest_.store(chunk, std::memory_order_release);  // readers see the chunk whole or not at all
"""
TEARDOWN = """  pool_->destroy();
  note(LifecycleEvent::kPoolDestroyed);
"""

# Name, whether only the model sees it, and what becomes what in which file.
DEFECTS = [
    ("unwind_without_release", False, [(POOL, RELEASE, "")]),
    ("unwind_one_page_short", False,
     [(POOL, RELEASE, RELEASE.replace("PageCount{pages}", "PageCount{pages - 1}"))]),
    ("release_at_the_wrong_address", False,
     [(POOL, RELEASE, RELEASE.replace("user_address", "user_address + map_->page_bytes()"))]),
    ("chunk_one_granule_too_long", False,
     [(POOL, "add_disjoint(address, bytes)", "add_disjoint(address, bytes + 8)")]),
    ("end_address_off_by_one", False,
     [(GEN, "chunk->end = start + size - 1;", "chunk->end = start + size;")]),
    ("avail_not_restored_on_free", False,
     [(GEN, "chunk->avail.fetch_add(granules << order_, std::memory_order_relaxed);", "")]),
    ("oldest_chunk_first", True,
     [(GEN, PUBLISH, """    chunk->next = nullptr;
    Chunk* last = newest_.load(std::memory_order_relaxed);
    while (last != nullptr && last->next != nullptr) last = last->next;
    if (last == nullptr) newest_.store(chunk, std::memory_order_release);
    else last->next = chunk;
""")]),
    ("sizes_rounded_down", False,
     [(GEN, "return (size + ((std::uint64_t{1} << order) - 1)) >> order;",
       "return size >> order;")]),
    ("destroy_forgets_a_chunk", False,
     [(GEN, "    metadata_->free(MetadataSite::kVzalloc, chunk);\n    chunk = next;",
       "    if (next != nullptr) metadata_->free(MetadataSite::kVzalloc, chunk);\n"
       "    chunk = next;")]),
    ("bitmap_one_word_short", False,
     [(GEN, "8 * bitmap::words_for(size >> granule_order)",
       "8 * (bitmap::words_for(size >> granule_order) - 1)")]),
    ("teardown_in_another_order", False,
     [(SCHEDULER, TEARDOWN, ""),
      (SCHEDULER, "    note(LifecycleEvent::kMapPut);\n  }\n",
       "    note(LifecycleEvent::kMapPut);\n  }\n" + TEARDOWN)]),
    ("sleeping_call_under_the_lock", False,
     [(GEN, VZALLOC, "lock_.lock();\n  " + VZALLOC),
      (GEN, "if (memory == nullptr) return -ENOMEM;",
       "lock_.unlock();\n  if (memory == nullptr) return -ENOMEM;")]),
    ("size_0_guard_removed", False,
     [(POOL, GUARD, GUARD.replace("size == 0 || ", "")),
      # As in the kernel: gen_pool_alloc(0) finds a run of no granule.
      (GEN, "  if (size == 0) return 0;\n", "")]),
    ("huge_size_guard_removed", False, [(POOL, GUARD, GUARD.replace(" || size > kMaxSize", ""))]),
    ("overlap_guard_removed", False, [(GEN, OVERLAP, "static_cast<void>(start + size);")]),
]
PATCHES = [
    ("best_fit", [(BITMAP, "std::uint64_t find_clear_run(const", """std::uint64_t find_clear_run(
    const atomics::Word* words, std::uint64_t end, std::uint64_t from, std::uint64_t count) {
  std::uint64_t best = end;
  std::uint64_t least = kAllOnes;
  for (std::uint64_t at = find_clear(words, end, from); at < end;) {
    const std::uint64_t stop = find_set(words, end, at);
    if (stop - at >= count && stop - at < least) {
      least = stop - at;
      best = at;
    }
    at = find_clear(words, end, stop);
  }
  return best;
}
[[maybe_unused]] static std::uint64_t first_fit(const""")]),
    ("another_growth_step", [(HEADER, "kMinGrowthPages = 4;", "kMinGrowthPages = 8;")]),
    ("pages_returned_at_destroy", [(POOL, "  pool_->free_all();\n", """  pool_->free_all();
  pool_->for_each_chunk(
      [](void* context, const ChunkView& view) {
        auto* map = static_cast<PageSource*>(context);
        map->release(view.start - map->kernel_base(),
                     PageCount{(view.end - view.start + 1) / map->page_bytes()});
      },
      map_);
""")]),
]


def copy_of_project(work):
    tree = os.path.join(work, "tree")
    if not os.path.exists(tree):
        shutil.copytree(ROOT, tree, symlinks=True,
                        ignore=shutil.ignore_patterns("build", ".git", "__pycache__", "*-out"))
    return tree


def plant(tree, edits):
    for file, old, new in edits:
        path = os.path.join(tree, file)
        with open(path, encoding="utf-8") as source:
            text = source.read()
        if text.count(old) != 1:
            sys.exit(f"{file} does not hold this once, as the table wants: {old}")
        with open(path, "w", encoding="utf-8") as target:
            target.write(text.replace(old, new))


def restore(tree, edits):
    for file in {file for file, _, _ in edits}:
        shutil.copy(os.path.join(ROOT, file), os.path.join(tree, file))


def arenafuzz(tree, *words):
    """Exit code, what it found first, and seconds."""
    start = time.monotonic()
    run = subprocess.run([os.path.join(tree, "arenafuzz"), *words], cwd=tree, text=True,
                         errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    taken = time.monotonic() - start
    signature, tier = "", ""
    for line in run.stdout.splitlines() + run.stderr.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "signature" and not signature:
            signature = rest.strip()
        if word == "tier" and not tier:
            tier = rest.strip().split(":")[0]
    if run.returncode == 2:
        sys.stderr.write(run.stderr)
    return run.returncode, (signature or "nothing") + (f" ({tier})" if tier else ""), taken


def fuzz(tree, seconds):
    out = os.path.join(tree, "build/planted-out")
    shutil.rmtree(out, ignore_errors=True)
    return arenafuzz(tree, "fuzz", "--jobs", "1", "--stop-at-first", "--time", str(seconds), "--out",
                     out)


def replay_without_model(tree):
    return arenafuzz(tree, "replay", "--no-model", "--stop-at-first", "corpus/pool",
                     "corpus/pool_faults", "corpus/pool_misuse", "corpus/regression")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if sys.argv[1:2] in (["--help"], ["-h"]) else 2
    tree = copy_of_project(sys.argv[1])
    for _, _, edits in DEFECTS + [(name, False, edits) for name, edits in PATCHES]:
        restore(tree, edits)  # what a run that was stopped left
    names = sys.argv[2:]
    wrong = []
    for name, model_only, edits in DEFECTS:
        if names and name not in names:
            continue
        plant(tree, edits)
        fuzz(tree, 1)  # builds, which is not measured
        code, found, taken = fuzz(tree, 60)
        bare_code, bare_found, bare_taken = replay_without_model(tree)
        restore(tree, edits)
        if code != 1 or bare_code != (0 if model_only else 1):
            wrong.append(name)
        print(f"{name}: {taken:.1f} s {found}; without the model {bare_taken:.1f} s {bare_found}",
              flush=True)
    for name, edits in PATCHES:
        if names and name not in names:
            continue
        plant(tree, edits)
        fuzz(tree, 1)
        code, found, taken = replay_without_model(tree)
        restore(tree, edits)
        if code != 0:
            wrong.append(name)
        print(f"{name}: patch, without the model {taken:.1f} s {found}", flush=True)
    print(json.dumps({"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
