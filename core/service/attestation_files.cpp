#include "service/attestation_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "encoding/time_text.hpp"

namespace masterkey2 {
namespace {

using webauthn::AttestationTrust;
using webauthn::MetadataBlob;

constexpr std::size_t kMaxMetadata = std::size_t{32} << 20;
constexpr std::size_t kMaxCertificateFile = std::size_t{256} << 10;
constexpr std::size_t kMaxAnchorFiles = 512;
constexpr UnixMillis kDay = 86'400'000;

bool is_certificate_file(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 4> kEndings = {".pem", ".crt", ".cer", ".der"};
  const std::string ending = path.extension().string();
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

/// PEM, or one certificate in DER.
Result<std::vector<Certificate>, FileFault> read_certificates(const std::string& path) {
  const auto text = read_bounded_file(path, kMaxCertificateFile);
  if (!text) return text.error();
  if (auto der = Certificate::parse(as_bytes(*text))) {
    std::vector<Certificate> one;
    one.push_back(std::move(*der));
    return one;
  }
  auto certificates = parse_pem_certificates(*text);
  if (!certificates) return FileFault{path + " does not hold certificates"};
  return std::move(*certificates);
}

std::string day_text(UnixMillis at) { return rfc3339_text(at).substr(0, 10); }

}  // namespace

struct AttestationFiles::Loaded {
  AttestationTrust trust;
  std::vector<std::string> notes;
  std::vector<std::string> faults;
};

std::shared_ptr<const AttestationTrust> AttestationFiles::current() const {
  const std::lock_guard lock(mutex_);
  return trust_;
}

std::vector<std::string> AttestationFiles::reload(UnixMillis now) {
  const std::lock_guard reloading(reloading_);
  std::vector<Stamped> seen = stamps();
  const bool changed = seen != stamps_;
  // Metadata that could not be used may be good later: certificates depend on the clock.
  const bool waits = !paths_.metadata.empty() && !current()->metadata;
  if (!changed && !waits) return {};
  Loaded loaded;
  read_anchors(loaded);
  read_metadata(now, loaded);
  stamps_ = std::move(seen);
  std::vector<std::string> sentences = std::move(loaded.notes);
  sentences.insert(sentences.end(), loaded.faults.begin(), loaded.faults.end());
  const std::lock_guard lock(mutex_);
  const bool said_before = !changed && loaded.faults == faults_;
  trust_ = std::make_shared<const AttestationTrust>(std::move(loaded.trust));
  faults_ = std::move(loaded.faults);
  return said_before ? std::vector<std::string>() : sentences;
}

std::vector<std::string> AttestationFiles::warnings(UnixMillis now) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> sentences = faults_;
  if (trust_->metadata && now >= trust_->metadata->next_update() + kDay) {
    sentences.push_back("FIDO metadata is stale: the next one was due on " +
                        day_text(trust_->metadata->next_update()));
  }
  return sentences;
}

std::vector<std::string> AttestationFiles::anchor_files() const {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(paths_.trust_anchors, error), end;
       !error && entry != end; entry.increment(error)) {
    if (is_certificate_file(entry->path())) files.push_back(entry->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<AttestationFiles::Stamped> AttestationFiles::stamps() const {
  std::vector<Stamped> seen;
  const auto note = [&seen](const std::string& path) {
    if (!path.empty()) seen.push_back({path, stamp_of(path)});
  };
  note(paths_.metadata);
  note(paths_.metadata_root);
  if (!paths_.trust_anchors.empty()) {
    seen.push_back({paths_.trust_anchors, {}});
    for (const std::string& file : anchor_files()) note(file);
  }
  return seen;
}

void AttestationFiles::read_anchors(Loaded& loaded) const {
  if (paths_.trust_anchors.empty()) return;
  const std::vector<std::string> files = anchor_files();
  if (files.empty()) {
    loaded.faults.push_back("attestation: there is no certificate in " + paths_.trust_anchors);
  }
  if (files.size() > kMaxAnchorFiles) {
    loaded.faults.push_back("attestation: more than 512 files in " + paths_.trust_anchors +
                            ", none is used");
    return;
  }
  for (const std::string& file : files) {
    auto certificates = read_certificates(file);
    if (!certificates) {
      loaded.faults.push_back("attestation: " + certificates.error().clause);
      continue;
    }
    std::move(certificates->begin(), certificates->end(), std::back_inserter(loaded.trust.anchors));
  }
  loaded.notes.push_back("attestation: " + std::to_string(loaded.trust.anchors.size()) +
                         " trust anchors are in use");
}

void AttestationFiles::read_metadata(UnixMillis now, Loaded& loaded) const {
  if (paths_.metadata.empty()) return;
  const auto refuse = [&](const std::string& clause) {
    loaded.faults.push_back("attestation: FIDO metadata is not used: " + clause);
  };
  const auto roots = read_certificates(paths_.metadata_root);
  if (!roots) return refuse(roots.error().clause);
  const auto text = read_bounded_file(paths_.metadata, kMaxMetadata);
  if (!text) return refuse(text.error().clause);
  auto blob = MetadataBlob::parse(*text, {*roots, paths_.metadata_host}, now);
  if (!blob) return refuse(paths_.metadata + ": " + blob.error());
  loaded.notes.push_back("attestation: FIDO metadata " + std::to_string(blob->number()) + " with " +
                         std::to_string(blob->size()) + " models is in use, next update " +
                         day_text(blob->next_update()));
  loaded.trust.metadata = std::move(*blob);
}

}  // namespace masterkey2
