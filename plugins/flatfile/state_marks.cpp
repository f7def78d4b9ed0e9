// State: who has signed in under a session token, in memory and in mark runs.
#include <algorithm>
#include <utility>

#include "state.hpp"

namespace masterkey2::flatfile {
namespace {

/// Tenant by tenant, each put in order when it is reached.
class RecentMarks final : public MarkStream {
 public:
  explicit RecentMarks(const std::map<TenantId, TenantSpace>& tenants)
      : tenant_(tenants.begin()), end_(tenants.end()) {}

  StorageResult<const StoredMark*> peek() override {
    while (at_ == sessions_.size() && tenant_ != end_) enter_tenant();
    if (at_ == sessions_.size()) return nullptr;
    const auto& [session, row] = sessions_[at_];
    row_ = {id_, session, row->user, row->several_users, row->keep_until};
    return &row_;
  }
  void next() override {
    if (at_ < sessions_.size()) ++at_;
  }

 private:
  void enter_tenant() {
    sessions_.clear();
    at_ = 0;
    id_ = tenant_->first;
    tenant_->second.marks.for_each([this](const TokenId& session, const SessionMark& row) {
      sessions_.emplace_back(session, &row);
    });
    std::ranges::sort(sessions_, {}, &Session::first);
    ++tenant_;
  }

  using Session = std::pair<TokenId, const SessionMark*>;

  std::map<TenantId, TenantSpace>::const_iterator tenant_;  ///< the next one
  std::map<TenantId, TenantSpace>::const_iterator end_;
  TenantId id_;  ///< whose `sessions_` are
  std::vector<Session> sessions_;
  std::size_t at_ = 0;
  StoredMark row_;
};

}  // namespace

StorageResult<std::optional<SessionMark>> State::find_mark(const TenantSpace& tenant,
                                                           const TokenId& session,
                                                           UnixMillis expires_at) const {
  using Found = std::optional<SessionMark>;
  if (const SessionMark* mark = tenant.marks.find(session)) return Found(*mark);
  // A newer run knows more of a session than an older one.
  for (auto run = mark_runs.rbegin(); run != mark_runs.rend(); ++run) {
    if ((*run)->keep_until() < expires_at) continue;
    const auto row = (*run)->find({tenant.row.id, session});
    if (!row) return row.error();
    if (*row) return Found(SessionMark{(*row)->user, (*row)->several_users, (*row)->keep_until});
  }
  return Found();
}

std::unique_ptr<MarkStream> State::stream_recent_marks() const {
  return std::make_unique<RecentMarks>(tenants_);
}

}  // namespace masterkey2::flatfile
