// What the operator lets attestations be judged by: trust anchors and FIDO metadata, from files.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "service/attestation_paths.hpp"
#include "service/bounded_file.hpp"
#include "webauthn/attestation_trust.hpp"

namespace masterkey2 {

/// Reads the files, keeps what they say and notices when they change. Nothing is ever fetched. What
/// cannot be read is left out, so that ceremonies that need it are refused. Thread-safe; ceremonies
/// share what they began with.
class AttestationFiles {
 public:
  explicit AttestationFiles(AttestationPaths paths) : paths_(std::move(paths)) {}

  /// Never null; empty before the first `reload`.
  [[nodiscard]] std::shared_ptr<const webauthn::AttestationTrust> current() const;

  /// Reads again what has changed since the last time. Sentences for the log: what is in use now
  /// and what could not be read; none if nothing has changed.
  std::vector<std::string> reload(UnixMillis now);

  /// What an operator should mend though the server is ready: a file that cannot be used, metadata
  /// past its next update.
  [[nodiscard]] std::vector<std::string> warnings(UnixMillis now) const;

 private:
  struct Stamped {
    std::string path;
    FileStamp stamp;
    bool operator==(const Stamped&) const = default;
  };
  struct Loaded;

  [[nodiscard]] std::vector<Stamped> stamps() const;
  [[nodiscard]] std::vector<std::string> anchor_files() const;
  void read_anchors(Loaded& loaded) const;
  void read_metadata(UnixMillis now, Loaded& loaded) const;

  const AttestationPaths paths_;
  std::mutex reloading_;         ///< one at a time; guards `stamps_`
  std::vector<Stamped> stamps_;  ///< of what is in use
  mutable std::mutex mutex_;     ///< guards the rest
  std::shared_ptr<const webauthn::AttestationTrust> trust_ =
      std::make_shared<const webauthn::AttestationTrust>();
  std::vector<std::string> faults_;
};

}  // namespace masterkey2
