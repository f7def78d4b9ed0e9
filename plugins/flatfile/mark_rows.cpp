#include "mark_rows.hpp"

#include "codec.hpp"

namespace masterkey2::flatfile {

void MarkRows::encode(Encoder& out, const StoredMark& row) {
  Bytes bytes;
  Encoder mark(bytes);
  encode_key(mark, key_of(row));
  mark.identifier(row.user);
  mark.boolean(row.several_users);
  mark.millis(row.keep_until);
  out.string(bytes);
}

std::optional<StoredMark> MarkRows::decode(ByteView bytes) {
  Decoder in(bytes);
  const MarkKey key = decode_key(in);
  StoredMark row{key.tenant, key.session, in.identifier<UserHandle>(), in.boolean(), in.millis()};
  if (!in.complete()) return std::nullopt;
  return row;
}

void MarkRows::encode_key(Encoder& out, const MarkKey& key) {
  out.identifier(key.tenant);
  out.identifier(key.session);
}

MarkKey MarkRows::decode_key(Decoder& in) {
  MarkKey key;
  key.tenant = in.identifier<TenantId>();
  key.session = in.identifier<TokenId>();
  return key;
}

}  // namespace masterkey2::flatfile
