#include "snapshot.hpp"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "mutation.hpp"

namespace masterkey2::flatfile {
namespace {

constexpr std::size_t kRowsPerRecord = 64U << 10;  // bytes

class SnapshotWriter {
 public:
  SnapshotWriter(const State& state, RecordWriter writer, const StopRequested& stop)
      : state_(state), writer_(std::move(writer)), stop_(stop) {}

  StorageResult<void> write(const std::vector<std::uint64_t>& audit_runs,
                            const std::vector<std::uint64_t>& mark_runs) {
    rows_.put_installation(state_.installation);
    rows_.put_runs(MutationKind::kAuditRuns, audit_runs);
    rows_.put_runs(MutationKind::kMarkRuns, mark_runs);
    for (const auto& [id, tenant] : state_.tenants()) {
      if (auto ok = write_tenant(tenant); !ok) return ok;
    }
    if (auto ok = flush(0); !ok) return ok;
    Bytes end = {static_cast<std::uint8_t>(RecordType::kEnd)};
    Encoder out(end);
    out.integer(state_.next_sequence);
    out.integer(state_.next_revocation);
    out.millis(state_.latest_now);
    if (auto ok = writer_.append(end); !ok) return ok;
    return writer_.publish();
  }

 private:
  StorageResult<void> flush(std::size_t at_least) {
    if (failure_) return *failure_;
    if (rows_.bytes().size() <= at_least) return {};
    if (stop_()) return StorageError{StorageErrorCode::kUnavailable, "asked to stop"};
    Bytes payload = {static_cast<std::uint8_t>(RecordType::kRows)};
    payload.insert(payload.end(), rows_.bytes().begin(), rows_.bytes().end());
    rows_.clear();
    return writer_.append(payload);
  }
  /// For rows that are visited by a callback: the first failure is kept for the next flush().
  void flush_later() {
    if (auto ok = flush(kRowsPerRecord); !ok && !failure_) failure_ = ok.error();
  }

  /// Bytes that end with their checksum, unchanged since they were written.
  [[nodiscard]] StorageResult<ByteView> read_checked(const Location& location) {
    auto bytes = state_.read(location, reader_);
    if (bytes && !ends_with_checksum(*bytes)) return state_.damaged(location);
    return bytes;
  }

  StorageResult<void> write_tenant(const TenantSpace& tenant) {
    const TenantId& id = tenant.row.id;
    rows_.put_tenant(tenant.row, tenant.rp_id_exclusive);
    for (const auto& [key_id, key] : tenant.keys) rows_.put_api_key(key);
    for (const auto& [external_id, slot] : tenant.users.by_external_id()) {
      const auto document = read_checked(tenant.users.location(slot));
      if (!document) return document.error();
      rows_.put_user(id, *document, {});
      if (auto ok = flush(kRowsPerRecord); !ok) return ok;
    }
    tenant.claims.for_each([&](const TokenId& claim, const ClaimRow& row) {
      rows_.put_claim(id, {claim, row.keep_until});
      flush_later();
    });
    if (auto ok = write_sign_ins(tenant); !ok) return ok;
    tenant.idempotency.for_each([&](const Digest& key, const IdempotencyRow& row) {
      rows_.put_idempotency(id, key, row);
      flush_later();
    });
    tenant.revocations.for_each([&](const TokenId& token, const RevocationRow& row) {
      rows_.put_revocation(id, token, row.order, row.keep_until);
      flush_later();
    });
    tenant.ephemerals.for_each([&](const std::string& key, const EphemeralRow& row) {
      rows_.put_ephemeral(id, as_bytes(key), row.version, row.keep_until, row.value);
      flush_later();
    });
    return flush(kRowsPerRecord);
  }

  /// In the order in which they stand in their files.
  StorageResult<void> write_sign_ins(const TenantSpace& tenant) {
    if (failure_) return *failure_;
    struct Place {
      std::uint64_t offset;
      std::uint32_t file;
      const SignInRow* row;
    };
    std::vector<Place> places;
    places.reserve(tenant.sign_ins.size());
    tenant.sign_ins.for_each([&](const TokenId&, const SignInRow& row) {
      places.push_back({row.location.offset, row.location.file, &row});
    });
    std::ranges::sort(places, [](const Place& one, const Place& other) {
      return std::tie(one.file, one.offset) < std::tie(other.file, other.offset);
    });
    for (const Place& place : places) {
      const auto encoded = read_checked(place.row->location);
      if (!encoded) return encoded.error();
      rows_.put_sign_in(tenant.row.id, *encoded, place.row->state);
      if (auto ok = flush(kRowsPerRecord); !ok) return ok;
    }
    return {};
  }

  const State& state_;
  RecordWriter writer_;
  const StopRequested& stop_;
  BlockReader reader_;
  MutationList rows_;
  std::optional<StorageError> failure_;
};

/// Which runs the new one takes in: so many that each run is at least twice as large as the next,
/// and there are few of them. Runs with nothing left to keep go.
template <class Rows>
struct RunPlan {
  SortedRuns<Rows> kept;
  SortedRuns<Rows> merged;  ///< the newest first
};

template <class Rows>
RunPlan<Rows> plan_runs(const SortedRuns<Rows>& runs, std::uint64_t size, UnixMillis now,
                        MergedRuns merged) {
  RunPlan<Rows> plan;
  for (const auto& run : runs) {
    if (run->keep_until() >= now) plan.kept.push_back(run);
  }
  while (!plan.kept.empty() &&
         (merged == MergedRuns::kAll || plan.kept.back()->row_count() < 2 * size)) {
    size += plan.kept.back()->row_count();
    plan.merged.push_back(plan.kept.back());
    plan.kept.pop_back();
  }
  return plan;
}

/// What is to leave memory.
template <class Rows>
struct Leaving {
  std::uint64_t count = 0;
  std::unique_ptr<SortedStream<Rows>> rows;
};

/// Puts what leaves memory into the run that `header` numbers, if there is anything to put there.
/// Answers the numbers of all runs from then on, the oldest first.
template <class Rows>
StorageResult<std::vector<std::uint64_t>> write_runs(
    const Folder& folder, const FileHeader& header, const SortedRuns<Rows>& runs,
    Leaving<Rows> leaving, UnixMillis now, MergedRuns merged,
    const std::function<bool(const typename Rows::Row&)>& wanted, const StopRequested& stop) {
  const auto plan = plan_runs(runs, leaving.count, now, merged);
  std::vector<std::uint64_t> numbers;
  for (const auto& run : plan.kept) numbers.push_back(run->number());
  if (leaving.count == 0 && plan.merged.empty()) return numbers;
  SortedStreams<Rows> streams;
  streams.push_back(std::move(leaving.rows));
  for (const auto& run : plan.merged) streams.push_back(run->stream({}));
  auto written = write_run(folder, header, *merge(std::move(streams)), wanted, stop);
  if (!written) return written.error();
  numbers.push_back(header.number);
  return numbers;
}

Leaving<AuditRows> leaving_entries(const State& state) {
  Leaving<AuditRows> leaving{0, state.stream_recent_audit({})};
  for (const auto& [tenant, places] : state.recent_audit()) leaving.count += places.size();
  return leaving;
}

Leaving<MarkRows> leaving_marks(const State& state) {
  Leaving<MarkRows> leaving{0, state.stream_recent_marks()};
  for (const auto& [id, tenant] : state.tenants()) leaving.count += tenant.marks.size();
  return leaving;
}

}  // namespace

StorageResult<void> write_snapshot(const Folder& folder, const State& state, std::uint64_t number,
                                   std::uint32_t seal, UnixMillis now, const StopRequested& stop,
                                   MergedRuns merged) {
  FileHeader header;
  header.number = number;
  header.installation = state.installation.id;
  header.first_sequence = state.next_sequence;

  const auto audit_runs = write_runs<AuditRows>(
      folder, header, state.audit_runs, leaving_entries(state), now, merged,
      [&](const StoredAudit& entry) { return entry.keep_until >= now; }, stop);
  if (!audit_runs) return audit_runs.error();
  const auto mark_runs = write_runs<MarkRows>(
      folder, header, state.mark_runs, leaving_marks(state), now, merged,
      [&](const StoredMark& mark) {
        return mark.keep_until >= now && state.find_tenant(mark.tenant) != nullptr;
      },
      stop);
  if (!mark_runs) return mark_runs.error();

  header.kind = FileKind::kSnapshot;
  header.chain = seal;
  auto writer = RecordWriter::create(folder, header);
  if (!writer) return writer.error();
  return SnapshotWriter(state, std::move(*writer), stop).write(*audit_runs, *mark_runs);
}

}  // namespace masterkey2::flatfile
