#include "ctl/export_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ctl/row_text.hpp"
#include "encoding/json.hpp"

namespace masterkey2::ctl {
namespace {

constexpr std::string_view kFormat = "masterkey2-export";
constexpr std::string_view kStandardStream = "-";
constexpr std::size_t kHeaderSize = 1024;
constexpr std::size_t kChunk = 1U << 20;

std::string hexadecimal(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest.bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

ssize_t read_some(int fd, std::string& chunk) {
  ssize_t count = 0;
  do {
    count = ::read(fd, chunk.data(), chunk.size());
  } while (count < 0 && errno == EINTR);
  return count;
}

/// A file without a name, for streams that cannot be read or written twice.
FileHandle nameless_file() {
  std::string name = (std::filesystem::temp_directory_path() / "masterkey2-XXXXXX").string();
  FileHandle file(::mkostemp(name.data(), O_CLOEXEC));
  if (file.get() >= 0) ::unlink(name.c_str());
  return file;
}

std::string reason() { return std::strerror(errno); }

CommandError cannot(const std::string& path, const std::string& what) {
  return {EX_CANTCREAT, path + ": cannot " + what + ": " + reason() +
                            " (it is written by the store's owner; `-` writes to standard output)"};
}

bool sync_folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const FileHandle folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() >= 0 && ::fsync(folder.get()) == 0;
}

Json counts_of(const RowVerifier::Counts& counts) {
  Json json = Json::object();
  for (std::size_t kind = 0; kind < counts.size(); ++kind) json[kind_word(kind)] = counts.at(kind);
  return json;
}

}  // namespace

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}

// Writing.

ExportWriter::ExportWriter(std::string path, std::string temporary, FileHandle file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(std::move(file)) {}

ExportWriter::~ExportWriter() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

CommandError ExportWriter::failure(const std::string& what) const { return cannot(path_, what); }

Result<std::unique_ptr<ExportWriter>, CommandError> ExportWriter::create(const std::string& path) {
  std::string temporary;
  FileHandle file;
  if (path == kStandardStream) {
    file = nameless_file();
  } else {
    temporary = path + ".XXXXXX";
    file = FileHandle(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  }
  if (file.get() < 0) return cannot(path, "make a temporary file");
  std::unique_ptr<ExportWriter> writer(
      new ExportWriter(path, std::move(temporary), std::move(file)));
  writer->buffer_.assign(kHeaderSize - 1, ' ');  // the header follows
  writer->buffer_ += '\n';
  return writer;
}

bool ExportWriter::flush() {
  const bool written = write_all(file_.get(), buffer_);
  buffer_.clear();
  return written;
}

StorageResult<void> ExportWriter::put(const StoredRow& row) {
  buffer_ += row_to_text(row);
  buffer_ += '\n';
  ++summary_.rows;
  ++summary_.counts.at(row.index());
  progress_.step();
  if (buffer_.size() < kChunk || flush()) return {};
  return StorageError{StorageErrorCode::kInternal, failure("write").sentence};
}

void ExportWriter::damaged(std::string_view what) {
  if (damage_.empty()) damage_ = what;
}

bool ExportWriter::write_header() {
  std::string header =
      Json{{"format", kFormat}, {"version", kExportVersion}, {"counts", counts_of(summary_.counts)}}
          .dump();
  header.resize(kHeaderSize - 1, ' ');
  return ::pwrite(file_.get(), header.data(), header.size(), 0) ==
         static_cast<ssize_t>(header.size());
}

bool ExportWriter::hash_all(RunningSha256& hash) const {
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return false;
  std::string chunk(kChunk, '\0');
  ssize_t count = 0;
  while ((count = read_some(file_.get(), chunk)) > 0) {
    hash.add(as_bytes(std::string_view(chunk).substr(0, static_cast<std::size_t>(count))));
  }
  return count == 0;
}

bool ExportWriter::copy_to_stdout() const {
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return false;
  std::string chunk(kChunk, '\0');
  ssize_t count = 0;
  while ((count = read_some(file_.get(), chunk)) > 0) {
    if (!write_all(STDOUT_FILENO,
                   std::string_view(chunk).substr(0, static_cast<std::size_t>(count)))) {
      return false;
    }
  }
  return count == 0;
}

Result<ExportSummary, CommandError> ExportWriter::finish() {
  if (!damage_.empty()) {
    return CommandError{EX_DATAERR, "nothing was exported, the store is damaged: " + damage_ +
                                        "; `masterkey2ctl storage check` names everything"};
  }
  RunningSha256 hash;
  if (!flush() || !write_header() || !hash_all(hash)) return failure("write");
  summary_.sha256 = hexadecimal(hash.finish());
  const Json footer = {{"rows", summary_.rows}, {"sha256", summary_.sha256}};
  if (!write_all(file_.get(), footer.dump() + "\n")) return failure("write");
  if (path_ == kStandardStream) {
    if (!copy_to_stdout()) return failure("write to standard output");
    return summary_;
  }
  if (::fsync(file_.get()) != 0) return failure("sync");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return failure("rename to it");
  temporary_.clear();
  if (!sync_folder_of(path_)) return failure("sync its folder");
  return summary_;
}

// Reading.

ExportReader::ExportReader(std::string path, FileHandle file)
    : path_(std::move(path)), file_(std::move(file)) {}

Result<std::unique_ptr<ExportReader>, CommandError> ExportReader::open(const std::string& path) {
  FileHandle file;
  if (path == kStandardStream) {
    file = nameless_file();
    if (file.get() < 0) return CommandError{EX_CANTCREAT, "no temporary file: " + reason()};
    std::string chunk(kChunk, '\0');
    ssize_t count = 0;
    while ((count = read_some(STDIN_FILENO, chunk)) > 0) {
      if (!write_all(file.get(),
                     std::string_view(chunk).substr(0, static_cast<std::size_t>(count)))) {
        return CommandError{EX_IOERR, "standard input cannot be kept: " + reason()};
      }
    }
    if (count < 0) return CommandError{EX_IOERR, "standard input cannot be read: " + reason()};
  } else {
    file = FileHandle(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (file.get() < 0) return CommandError{EX_NOINPUT, path + ": cannot be opened: " + reason()};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return CommandError{EX_NOINPUT, path + ": is no regular file"};
    }
  }
  return std::unique_ptr<ExportReader>(
      new ExportReader(path == kStandardStream ? "standard input" : path, std::move(file)));
}

std::string ExportReader::place() const {
  return path_ + ", line " + std::to_string(line_number_) + ": ";
}

Result<std::optional<std::string>, std::string> ExportReader::read_line() {
  using Line = std::optional<std::string>;
  ++line_number_;
  std::size_t end = buffer_.find('\n', used_);
  while (end == std::string::npos) {
    if (buffer_.size() - used_ > kMaxRowText) return place() + "is too long for a row";
    buffer_.erase(0, std::exchange(used_, 0));
    std::string chunk(kChunk, '\0');
    const ssize_t count = read_some(file_.get(), chunk);
    if (count < 0) return place() + "cannot be read: " + reason();
    if (count == 0) {
      if (buffer_.empty()) return Line();
      return place() + "does not end";
    }
    const std::size_t from = buffer_.size();
    buffer_.append(chunk, 0, static_cast<std::size_t>(count));
    end = buffer_.find('\n', from);
  }
  Line line = buffer_.substr(used_, end - used_);
  used_ = end + 1;
  return line;
}

Result<void, std::string> ExportReader::read_header() {
  const auto line = read_line();
  if (!line) return line.error();
  const auto json = parse_json(line->value_or(""));
  if (!json || !json->is_object() || json->value("format", Json()) != kFormat) {
    return path_ + ": is no export of `masterkey2ctl storage export`";
  }
  const Json version = json->value("version", Json());
  if (version != kExportVersion) {
    return path_ + ": is an export of version " + version.dump() + ", this program reads version " +
           std::to_string(kExportVersion);
  }
  announced_ = {};
  const Json counts = json->value("counts", Json::object());
  for (std::size_t kind = 0; kind < announced_.counts.size(); ++kind) {
    const auto found = counts.find(kind_word(kind));
    if (found == counts.end() || !found->is_number_unsigned()) {
      return place() + "counts no rows of kind " + std::string(kind_word(kind));
    }
    announced_.counts.at(kind) = found->get<std::uint64_t>();
    announced_.rows += announced_.counts.at(kind);
  }
  hash_.add(as_bytes(**line));
  hash_.add(as_bytes("\n"));
  return {};
}

Result<void, std::string> ExportReader::check_footer(std::string_view line) {
  const auto json = parse_json(line);
  if (!json || !json->is_object()) return place() + "is no footer";
  seen_.sha256 = hexadecimal(hash_.finish());
  if (json->value("sha256", Json()) != seen_.sha256) {
    return path_ + ": its checksum is wrong: it was changed or damaged after the export";
  }
  if (json->value("rows", Json()) != seen_.rows || seen_.counts != announced_.counts) {
    return path_ + ": header, rows and footer do not agree on how many rows there are";
  }
  const auto more = read_line();
  if (!more || *more) return place() + "comes after the end of the export";
  return {};
}

Result<void, CommandError> ExportReader::rewind(const std::string& purpose, std::uint64_t total) {
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) {
    return CommandError{EX_IOERR, path_ + ": cannot be read again: " + reason()};
  }
  buffer_.clear();
  used_ = 0;
  line_number_ = 0;
  hash_ = {};
  seen_ = {};
  if (auto header = read_header(); !header) return CommandError{EX_DATAERR, header.error()};
  progress_ = std::make_unique<Progress>(purpose, total == 0 ? announced_.rows : total);
  return {};
}

StorageResult<bool> ExportReader::next(StoredRow& row) {
  const auto damaged = [](std::string why) {
    return StorageError{StorageErrorCode::kInvalidArgument, std::move(why)};
  };
  const auto line = read_line();
  if (!line) return damaged(line.error());
  if (!*line) return damaged(path_ + ": ends without a footer: it is not whole");
  if ((*line)->starts_with("{\"rows\":")) {
    progress_.reset();
    if (auto footer = check_footer(**line); !footer) return damaged(footer.error());
    return false;
  }
  auto read = row_from_text(**line);
  if (!read) return damaged(place() + read.error());
  hash_.add(as_bytes(**line));
  hash_.add(as_bytes("\n"));
  row = std::move(*read);
  ++seen_.rows;
  ++seen_.counts.at(row.index());
  progress_->step();
  return true;
}

Result<ExportSummary, CommandError> ExportReader::verify() {
  if (auto begun = rewind("checking the file", 0); !begun) return begun.error();
  RowVerifier verifier;
  StoredRow row;
  std::string misfit;  // told only of a file whose checksum is right
  for (;;) {
    const auto more = next(row);
    if (!more) return CommandError{EX_DATAERR, more.error().detail};
    const auto found = *more ? verifier.look_at(row) : verifier.finish();
    if (!found.empty() && misfit.empty()) misfit = place() + found.front();
    if (!*more) break;
  }
  if (!misfit.empty()) return CommandError{EX_DATAERR, misfit};
  return seen_;
}

}  // namespace masterkey2::ctl
