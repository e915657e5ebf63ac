// SPDX-License-Identifier: GPL-2.0-only
//
// `corpus migrate`, `import` and `export`, end to end.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "fuzz/program/codec.h"
#include "tests/fuzz/cli/cli_run.h"
#include "tests/fuzz/cli/zip_of.h"

namespace arenafuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

const std::string kCommitted = std::string(ARENAFUZZ_SOURCE_DIR) + "/corpus/";

// Canonical bytes of `alloc`s, for target pool.
std::string program_bytes(int operations) {
  Program program;
  for (int i = 0; i < operations; ++i) program.operations.emplace_back();
  repair(program);
  std::vector<std::uint8_t> bytes;
  encode(program, &bytes);
  return {bytes.begin(), bytes.end()};
}

// The same program, with something in the header's unused bytes.
std::string not_canonical(std::string bytes, char mark) {
  bytes[13] = mark;
  return bytes;
}

class CorpusTest : public CliTest {
 protected:
  std::map<std::string, std::string> contents(const std::string& folder) const {
    std::map<std::string, std::string> all;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path(folder), ignored))
      all[entry.path().filename()] = read(folder + "/" + entry.path().filename().string());
    return all;
  }
  Json json(std::vector<std::string> words, int exit_code = 0) const {
    words.insert(words.begin(), "corpus");
    words.emplace_back("--json");
    const CliResult result = run(words);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    return Json::parse(result.out);
  }
};

TEST_F(CorpusTest, HelpNamesEachActionWithAnExample) {
  const CliResult result = run({"corpus", "--help"});
  EXPECT_EQ(result.exit_code, 0);
  for (const char* action : {"merge", "migrate", "import", "export"})
    EXPECT_THAT(result.out, HasSubstr("\n  arenafuzz corpus " + std::string(action)));
}

TEST_F(CorpusTest, WhatCannotBeUsedIsRefusedInOneSentence) {
  std::filesystem::create_directory(path("empty"));
  write("file", "");
  expect_refusal(run({"corpus"}), "no action given: use merge, migrate, import or export");
  expect_refusal(run({"corpus", "melt"}), "unknown action melt");
  expect_refusal(run({"corpus", "merge", "out"}), "merge takes OUT and at least one IN");
  expect_refusal(run({"corpus", "merge", "out", ""}), "an empty name");
  expect_refusal(run({"corpus", "migrate"}), "migrate takes one folder");
  expect_refusal(run({"corpus", "migrate", "nowhere"}), "there is no nowhere");
  expect_refusal(run({"corpus", "migrate", "--time", "3", "empty"}), "migrate has no --time");
  expect_refusal(run({"corpus", "migrate", "--target", "program", "empty"}), "nothing to migrate");
  expect_refusal(run({"corpus", "import", "--target", "pool"}), "import takes one zip or folder");
  expect_refusal(run({"corpus", "import", "--target", "pond", "x"}), "unknown target pond");
  expect_refusal(run({"corpus", "import", "empty", "--out", "file"}), "file is no folder");
  expect_refusal(run({"corpus", "export", "--target", "pool"}), "no zip to write");
  expect_refusal(run({"corpus", "export", "-o", "x.zip", "empty"}), "nothing to export");
}

TEST_F(CorpusTest, TheCanaryHasNoPartInAnyCorpus) {
  write("in/a", "");
  for (const char* action : {"merge", "migrate", "import", "export"})
    expect_refusal(run({"corpus", action, "--target", "canary", "a", "b"}),
                   "canary has a planted bug");
}

TEST_F(CorpusTest, MigrateReencodesBytesAndRenamesThoseNamedByTheirContent) {
  std::filesystem::create_directory(path("c"));
  const std::string canonical = program_bytes(3);
  write("c/good", canonical);
  write("c/tail", not_canonical(canonical, 1));
  const std::string hash_like(40, 'a');
  write("c/" + hash_like, not_canonical(canonical, 2));
  write("c/x.txt", "# arenafuzz\n# mine\nenable s0 root m0\n");
  write("c/about", "These\nfiles.\n");
  write("c/README.md", "# About these\nfiles.\n");  // passed over by its name
  const auto before = contents("c");
  const Json report = json({"migrate", "c"});
  EXPECT_THAT(report["changed"], SizeIs(2));
  EXPECT_EQ(report["unchanged"], 1);
  EXPECT_EQ(report["text"], 1);
  EXPECT_EQ(report["left_alone"][0]["file"], "c/about");
  auto after = contents("c");
  EXPECT_EQ(after["tail"], canonical);
  EXPECT_FALSE(after.contains(hash_like));
  EXPECT_THAT(after, SizeIs(6));
  for (const char* name : {"good", "x.txt", "about", "README.md"})
    EXPECT_EQ(after[name], before.at(name));
  EXPECT_THAT(json({"migrate", "c"})["changed"], SizeIs(0));
}

TEST_F(CorpusTest, TheCommittedCorpusNeedsNoMigration) {
  std::filesystem::copy(kCommitted, path("c"), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(path("c/program"));  // any bytes, as they are
  const Json report = json({"migrate", "c"});
  EXPECT_THAT(report["changed"], SizeIs(0));
  EXPECT_GT(report["unchanged"], 300);
}

TEST_F(CorpusTest, AFolderIsImportedInTheTargetsFormUnderSha1Names) {
  std::filesystem::create_directory(path("in"));
  write("in/a.txt", "# arenafuzz\nheader profile:misuse\nenable s0 root m0\n");
  write("in/b", not_canonical(program_bytes(2), 1));
  write("in/c", program_bytes(2));
  write("in/bad.txt", "no program\n");
  const Json report = json({"import", "--target", "pool", "in", "--out", "out"});
  EXPECT_EQ(report["added"], 2);
  EXPECT_EQ(report["reencoded"], 2);
  EXPECT_EQ(report["duplicates"], 1);
  EXPECT_THAT(report["dropped"][0]["why"], HasSubstr("line 1: expected"));
  for (const auto& [name, content] : contents("out")) {
    EXPECT_THAT(name, SizeIs(40));
    EXPECT_THAT(run({"show", "out/" + name}).out, HasSubstr("profile:correct"));
  }
  EXPECT_EQ(json({"import", "--target", "pool", "in", "--out", "out"})["added"], 0);
}

#ifdef ARENAFUZZ_HAVE_LIBARCHIVE

using testing::zip_of;

TEST_F(CorpusTest, ExportAndImportBringEveryProgramBack) {
  for (const char* target : {"pool", "program"}) {
    const std::string zip = std::string(target) + ".zip";
    const Json exported = json({"export", "--target", target, "-o", zip});
    EXPECT_EQ(exported["dropped"], Json::array()) << target;
    const Json imported = json({"import", "--target", target, zip, "--out", target});
    EXPECT_EQ(imported["added"], exported["programs"]) << target;
    EXPECT_EQ(imported["reencoded"], 0) << target;
    json({"export", "--target", target, "-o", "again.zip", target});
    EXPECT_EQ(read("again.zip"), read(zip)) << target;
  }
}

TEST_F(CorpusTest, ExportTakesTheCommittedSeedsOfTheTarget) {
  const Json report = json({"export", "--target", "differential", "-o", "x.zip"});
  EXPECT_GT(report["programs"], 200);
}

TEST_F(CorpusTest, NoNameOfAnEntryLeadsOutOfTheFolder) {
  const std::string good = program_bytes(1);
  write("x.zip", zip_of({{"../up", program_bytes(2)},
                         {"/etc/absolute", program_bytes(3)},
                         {"a/../../b", program_bytes(4)},
                         {"link", "/etc/passwd", 0120777},
                         {"folder/", "", 040755},
                         {"folder/fine", good}}));
  const Json report = json({"import", "--target", "pool", "x.zip", "--out", "out"});
  EXPECT_EQ(report["added"], 1);
  EXPECT_THAT(report["dropped"], SizeIs(4));
  EXPECT_EQ(report["dropped"][0]["why"], "its name leads out of the zip");
  EXPECT_EQ(contents("out").begin()->second, good);
  EXPECT_FALSE(std::filesystem::exists(path("up")));
}

TEST_F(CorpusTest, EntriesThatAreDamagedEncryptedOrTooLargeAreDroppedWithTheReason) {
  write("x.zip", zip_of({{"large", std::string((5u << 20) + 1, '\0')},
                         {"damaged", program_bytes(2), 0100644, 1},
                         {"secret", program_bytes(3), 0100644, 0, 1},
                         {"fine", program_bytes(4)}}));
  const Json report = json({"import", "--target", "pool", "x.zip", "--out", "out"});
  EXPECT_EQ(report["added"], 1);
  ASSERT_THAT(report["dropped"], SizeIs(3));
  EXPECT_EQ(report["dropped"][0]["why"], "is larger than 5 MiB");
  EXPECT_THAT(std::string(report["dropped"][1]["why"]), HasSubstr("is damaged"));
  EXPECT_EQ(report["dropped"][2]["why"], "is encrypted");
}

TEST_F(CorpusTest, AZipOfWhichNoEntryIsWholeIsRefused) {
  write("x.zip",
        zip_of({{"a", program_bytes(1), 0100644, 1}, {"b", program_bytes(2), 0100644, 1}}));
  const CliResult result = run({"corpus", "import", "--target", "pool", "x.zip", "--out", "out"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("no entry of x.zip is whole: get it again"));
}

TEST_F(CorpusTest, AnEmptyZipIsAZip) {
  const std::string end = std::string("PK\5\6", 4) + std::string(18, '\0');
  write("x.zip", end);
  const CliResult result = run({"corpus", "import", "--target", "pool", "x.zip", "--out", "out"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("0 added"));
  write("cut.zip", end.substr(0, 21));
  expect_refusal(run({"corpus", "import", "--target", "pool", "cut.zip", "--out", "out"}),
                 "cut.zip cannot be read as a zip");
}

TEST_F(CorpusTest, AnyCutOfAZipEndsWithASentenceOrWhatIsWhole) {
  const std::string zip = zip_of({{"a", program_bytes(1)}, {"b", program_bytes(2)}});
  for (std::size_t size = 0; size < zip.size(); size += 7) {
    write("cut.zip", zip.substr(0, size));
    expect_refusal(run({"corpus", "import", "--target", "pool", "cut.zip", "--out", "out"}),
                   "cut.zip cannot be read as a zip");
    EXPECT_FALSE(std::filesystem::exists(path("out"))) << size;
  }
}

TEST_F(CorpusTest, AnyDamagedByteOfAZipEndsInZeroOrTwo) {
  const std::string zip = zip_of({{"a", program_bytes(1)}, {"b", program_bytes(2)}});
  for (std::size_t at = 0; at < zip.size(); at += 5) {
    std::string damaged = zip;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    write("x.zip", damaged);
    const CliResult result = run({"corpus", "import", "--target", "pool", "x.zip", "--out", "out"});
    EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 2) << at << " " << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("Sanitizer"))) << at;
  }
}

TEST_F(CorpusTest, WhatIsNoZipIsRefused) {
  write("text", "# arenafuzz\n");
  for (const char* name : {"text", "/dev/null"})
    expect_refusal(run({"corpus", "import", "--target", "pool", name, "--out", "out"}),
                   "cannot be read as a zip");
  expect_refusal(run({"corpus", "import", "--target", "pool", "nowhere", "--out", "out"}),
                 "there is no nowhere");
}

TEST_F(CorpusTest, AZipThatCannotBeWrittenIsRefused) {
  expect_refusal(run({"corpus", "export", "--target", "pool", "-o", "no/where.zip"}),
                 "cannot write no/where.zip");
  expect_refusal(run({"corpus", "export", "--target", "pool", "-o", "/dev/full"}),
                 "cannot write /dev/full");
}

#endif

}  // namespace
}  // namespace arenafuzz
