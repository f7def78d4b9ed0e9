#include "ctl/storage_transfer.hpp"

#include <iostream>
#include <variant>

#include "ctl/export_file.hpp"
#include "ctl/installation_access.hpp"
#include "ctl/text_columns.hpp"
#include "encoding/json.hpp"
#include "service/clock.hpp"

namespace masterkey2::ctl {
namespace {

/// Of a store that has more findings than anybody reads.
constexpr std::size_t kMostFindings = 1'000;

Json json_of(const RowVerifier::Counts& counts) {
  Json json = Json::object();
  for (std::size_t kind = 0; kind < counts.size(); ++kind) json[kind_word(kind)] = counts.at(kind);
  return json;
}

std::string table_of(const RowVerifier::Counts& counts) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t kind = 0; kind < counts.size(); ++kind) {
    rows.push_back({std::string(kind_word(kind)), std::to_string(counts.at(kind))});
  }
  return text_columns(rows, 2);
}

/// Looks at all rows and keeps what is wrong with them.
class Inspection final : public RowSink {
 public:
  StorageResult<void> put(const StoredRow& row) override {
    for (std::string& sentence : verifier_.look_at(row)) find(std::move(sentence));
    progress_.step();
    return {};
  }
  void damaged(std::string_view what) override { find(std::string(what)); }
  void find(std::string sentence) {
    if (++count_ <= kMostFindings) found_.push_back(std::move(sentence));
  }
  void finish() {
    for (std::string& sentence : verifier_.finish()) find(std::move(sentence));
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const std::vector<std::string>& found() const { return found_; }
  [[nodiscard]] const RowVerifier::Counts& rows() const { return verifier_.counts(); }

 private:
  RowVerifier verifier_;
  Progress progress_{"checking", 0};
  std::uint64_t count_ = 0;
  std::vector<std::string> found_;
};

/// The rows of an export, whose store was put back from a copy now: what came after the export is
/// not among them.
class PutBackRows final : public RowSource {
 public:
  PutBackRows(RowSource& rows, UnixMillis now) : rows_(rows), now_(now) {}
  StorageResult<bool> next(StoredRow& row) override {
    auto more = rows_.next(row);
    if (auto* installation = more ? std::get_if<Installation>(&row) : nullptr) {
      installation->epoch_raised_at = now_;
    }
    return more;
  }

 private:
  RowSource& rows_;
  UnixMillis now_;
};

}  // namespace

CommandResult export_storage(const Arguments& arguments) {
  const std::string& path = arguments.operands.front();
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  auto writer = ExportWriter::create(path);
  if (!writer) return writer.error();
  if (auto exported = access->storage().export_rows(**writer); !exported) {
    return storage_failure(exported.error());
  }
  const auto summary = (*writer)->finish();
  if (!summary) return summary.error();
  const Json json = {{"file", path},
                     {"rows", summary->rows},
                     {"counts", json_of(summary->counts)},
                     {"sha256", summary->sha256},
                     {"key_ring", "not exported"}};
  const std::string text = "Exported " + std::to_string(summary->rows) + " rows to " + path +
                           ".\n" + table_of(summary->counts) +
                           "The key ring is not part of it: copy " + access->config().keyring +
                           ", too, after this and to another place.\n";
  if (path != "-") return Report{json.dump(), text};
  std::cerr << (arguments.json ? json.dump() + "\n" : text);
  return Report{};
}

CommandResult import_storage(const Arguments& arguments) {
  // Before this process becomes the store's owner: the file may be root's.
  auto reader = ExportReader::open(arguments.operands.front());
  if (!reader) return reader.error();
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  CommandError exists{EX_CANTCREAT,
                      "there is a store already, it is left as it is: import makes a new one, "
                      "in a folder or database without"};
  if (access->storage().read_installation()) return exists;
  // All of it is looked at before anything is written.
  const auto summary = (*reader)->verify();
  if (!summary) return summary.error();
  if (auto again = (*reader)->rewind("importing", summary->rows); !again) return again.error();
  PutBackRows rows(**reader, system_clock().now());
  const auto imported = access->storage().import_rows(rows);
  if (!imported) {
    if (imported.error().code == StorageErrorCode::kInvalidArgument) {
      return CommandError{EX_DATAERR, "nothing was imported: " + imported.error().detail};
    }
    return storage_failure(imported.error());
  }
  if (*imported != Outcome::kDone) return exists;
  const bool has_ring = access->key_ring().has_value();
  const std::string& ring = access->config().keyring;
  const Json json = {{"rows", summary->rows},
                     {"counts", json_of(summary->counts)},
                     {"sha256", summary->sha256},
                     {"key_ring", has_ring ? "found" : "missing"}};
  std::string text = "Imported " + std::to_string(summary->rows) + " rows.\n" +
                     table_of(summary->counts) + "The key ring is not part of an export: ";
  text += has_ring ? ring + " must be the one that the store had before.\n"
                   : "bring back " + ring + " from its copy before you start a server.\n";
  return Report{json.dump(), text};
}

CommandResult check_storage(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  Inspection inspection;
  if (auto usable = access->storage().check(); !usable) {
    if (usable.error().code != StorageErrorCode::kCorrupt) return storage_failure(usable.error());
    inspection.find(usable.error().detail);
  } else if (auto exported = access->storage().export_rows(inspection); !exported) {
    if (exported.error().code != StorageErrorCode::kCorrupt) {
      return storage_failure(exported.error());
    }
    inspection.find(exported.error().detail);
  } else {
    inspection.finish();
  }
  const Json json = {{"sound", inspection.count() == 0},
                     {"found", inspection.count()},
                     {"findings", inspection.found()},
                     {"counts", json_of(inspection.rows())}};
  std::string text;
  for (const std::string& sentence : inspection.found()) text += sentence + "\n";
  if (inspection.count() > inspection.found().size()) text += "…\n";
  text += inspection.count() == 0 ? "Nothing is wrong with the store.\n"
                                  : std::to_string(inspection.count()) + " findings.\n";
  text += table_of(inspection.rows());
  // Names may hold any byte.
  return Report{json.dump(-1, ' ', false, Json::error_handler_t::replace), text,
                inspection.count() == 0 ? EX_OK : EX_DATAERR};
}

CommandResult migrate_storage(const Arguments& arguments) {
  const auto access = InstallationAccess::open(arguments.config);
  if (!access) return access.error();
  const auto migrated = access->storage().migrate();
  if (!migrated && migrated.error().code != StorageErrorCode::kUnsupported) {
    return storage_failure(migrated.error());
  }
  const Storage::Migrated answer = migrated ? *migrated : Storage::Migrated{};
  const Json json = {{"from", answer.from}, {"to", answer.to}};
  const std::string text = answer.from == answer.to
                               ? "Nothing is to be done: the store is of the newest format.\n"
                               : "The store was moved from format " + std::to_string(answer.from) +
                                     " to " + std::to_string(answer.to) + ".\n";
  return Report{json.dump(), text};
}

}  // namespace masterkey2::ctl
