// The file that carries a store: a header line, a line for each row, a footer line.
//
//   {"counts":{"user":2,…},"format":"masterkey2-export","version":1}   padded with spaces to 1,023
//   B
//   {"kind":"installation",…}                                          rows, as in row_text.hpp
//   {"rows":123,"sha256":"…"}      lower-case hexadecimal, of all bytes before this line
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "crypto/running_sha256.hpp"
#include "ctl/command.hpp"
#include "ctl/progress.hpp"
#include "storage/row_verifier.hpp"

namespace masterkey2::ctl {

inline constexpr std::uint64_t kExportVersion = 1;

/// Owns a descriptor.
class FileHandle {
 public:
  explicit FileHandle(int fd = -1) : fd_(fd) {}
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle();
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

struct ExportSummary {
  std::uint64_t rows = 0;
  RowVerifier::Counts counts{};
  std::string sha256;  ///< hexadecimal
};

/// Collects rows in a temporary file (0600) beside `path`; for "-" in one without a name.
class ExportWriter final : public RowSink {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ExportWriter>, CommandError> create(
      const std::string& path);
  ~ExportWriter() override;

  StorageResult<void> put(const StoredRow& row) override;
  /// An export that leaves rows out is none: finish() fails.
  void damaged(std::string_view what) override;

  /// Header, footer, fsync, rename; to standard output for "-".
  [[nodiscard]] Result<ExportSummary, CommandError> finish();

 private:
  ExportWriter(std::string path, std::string temporary, FileHandle file);
  [[nodiscard]] bool write(std::string_view text);
  [[nodiscard]] bool flush();
  [[nodiscard]] bool write_header();
  [[nodiscard]] bool hash_all(RunningSha256& hash) const;
  [[nodiscard]] bool copy_to_stdout() const;
  [[nodiscard]] CommandError failure(const std::string& what) const;

  std::string path_;
  std::string temporary_;  ///< empty: without a name, or renamed
  FileHandle file_;
  std::string buffer_;
  ExportSummary summary_;
  std::string damage_;
  Progress progress_{"exporting", 0};
};

/// Reads an export, from its start each time.
class ExportReader final : public RowSource {
 public:
  /// "-": standard input, which is copied to a file without a name first.
  [[nodiscard]] static Result<std::unique_ptr<ExportReader>, CommandError> open(
      const std::string& path);

  /// Reads all of it: form, checksum, counts, and that the rows fit together.
  [[nodiscard]] Result<ExportSummary, CommandError> verify();
  /// Before the first next(). `total`: rows, for the progress.
  [[nodiscard]] Result<void, CommandError> rewind(const std::string& purpose, std::uint64_t total);
  StorageResult<bool> next(StoredRow& row) override;

 private:
  ExportReader(std::string path, FileHandle file);
  /// Without its end; absent at the end of the file.
  [[nodiscard]] Result<std::optional<std::string>, std::string> read_line();
  [[nodiscard]] Result<void, std::string> read_header();
  [[nodiscard]] Result<void, std::string> check_footer(std::string_view line);
  [[nodiscard]] std::string place() const;

  std::string path_;
  FileHandle file_;
  std::string buffer_;
  std::size_t used_ = 0;
  RunningSha256 hash_;
  std::uint64_t line_number_ = 0;
  ExportSummary announced_;  ///< by the header
  ExportSummary seen_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace masterkey2::ctl
