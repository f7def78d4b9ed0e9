#include "cbor/cbor_parser.hpp"

#include <cbor.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "encoding/utf8.hpp"

namespace masterkey2 {
namespace {

// libcbor's cbor_load allocates what a nine-byte header declares (2 GiB), and accepts duplicate
// keys and trailing bytes. Here it only takes one head at a time apart; every rule is our own.

enum class HeadKind {
  kNone,
  kUnsigned,
  kNegative,
  kBytes,
  kText,
  kArray,
  kMap,
  kBoolean,
  kOtherSimple,
  kFloat,
  kTag,
  kIndefinite,
};

/// The head of one item; of a string its content, too.
struct Head {
  HeadKind kind = HeadKind::kNone;
  std::uint64_t number = 0;  ///< value, count, length, or -1 - value of a negative integer
  ByteView content;
  std::size_t size = 0;  ///< bytes taken
};

template <HeadKind kKind, class T>
void on_number(void* head, T value) {
  *static_cast<Head*>(head) = {kKind, value, {}, 0};
}

template <HeadKind kKind>
void on_string(void* head, cbor_data data, std::size_t size) {
  *static_cast<Head*>(head) = {kKind, size, ByteView(data, size), 0};
}

template <HeadKind kKind>
void on_mark(void* head) {
  *static_cast<Head*>(head) = {kKind, 0, {}, 0};
}

template <class T>
void on_float(void* head, T) {
  on_mark<HeadKind::kFloat>(head);
}

void on_boolean(void* head, bool value) {
  *static_cast<Head*>(head) = {HeadKind::kBoolean, value ? 1U : 0U, {}, 0};
}

constexpr cbor_callbacks make_callbacks() {
  cbor_callbacks callbacks{};
  callbacks.uint8 = on_number<HeadKind::kUnsigned>;
  callbacks.uint16 = on_number<HeadKind::kUnsigned>;
  callbacks.uint32 = on_number<HeadKind::kUnsigned>;
  callbacks.uint64 = on_number<HeadKind::kUnsigned>;
  callbacks.negint8 = on_number<HeadKind::kNegative>;
  callbacks.negint16 = on_number<HeadKind::kNegative>;
  callbacks.negint32 = on_number<HeadKind::kNegative>;
  callbacks.negint64 = on_number<HeadKind::kNegative>;
  callbacks.byte_string = on_string<HeadKind::kBytes>;
  callbacks.byte_string_start = on_mark<HeadKind::kIndefinite>;
  callbacks.string = on_string<HeadKind::kText>;
  callbacks.string_start = on_mark<HeadKind::kIndefinite>;
  callbacks.array_start = on_number<HeadKind::kArray>;
  callbacks.indef_array_start = on_mark<HeadKind::kIndefinite>;
  callbacks.map_start = on_number<HeadKind::kMap>;
  callbacks.indef_map_start = on_mark<HeadKind::kIndefinite>;
  callbacks.tag = on_number<HeadKind::kTag>;
  callbacks.float2 = on_float<float>;
  callbacks.float4 = on_float<float>;
  callbacks.float8 = on_float<double>;
  callbacks.undefined = on_mark<HeadKind::kOtherSimple>;
  callbacks.null = on_mark<HeadKind::kOtherSimple>;
  callbacks.boolean = on_boolean;
  callbacks.indef_break = on_mark<HeadKind::kIndefinite>;
  return callbacks;
}

constexpr cbor_callbacks kCallbacks = make_callbacks();

/// Of a head that carries `number` in the shortest form.
std::size_t shortest_head(std::uint64_t number) {
  if (number < 24) return 1;
  if (number <= 0xFF) return 2;
  if (number <= 0xFFFF) return 3;
  if (number <= 0xFFFF'FFFF) return 5;
  return 9;
}

/// CTAP 2.1 §8: by major type, then by length, then byte by byte.
bool key_precedes(ByteView left, ByteView right) {
  const int left_major = left[0] >> 5;
  const int right_major = right[0] >> 5;
  if (left_major != right_major) return left_major < right_major;
  if (left.size() != right.size()) return left.size() < right.size();
  return std::memcmp(left.data(), right.data(), left.size()) < 0;
}

class Parser {
 public:
  Parser(ByteView bytes, const CborLimits& limits)
      : bytes_(bytes),
        max_items_(limits.max_items),
        max_depth_(std::min<std::size_t>(limits.max_depth, 16)) {}

  Result<CborValue, CborError> item(std::size_t depth) {
    const auto head = next_head();
    if (!head) return head.error();
    switch (head->kind) {
      case HeadKind::kUnsigned:
      case HeadKind::kNegative:
        return integer(*head);
      case HeadKind::kBytes:
        return CborValue(head->content);
      case HeadKind::kText:
        if (!is_utf8(as_text(head->content))) return fail("text that is not UTF-8");
        return CborValue(as_text(head->content));
      case HeadKind::kArray:
        return array(head->number, depth + 1);
      case HeadKind::kMap:
        return map(head->number, depth + 1);
      case HeadKind::kBoolean:
        return CborValue(head->number == 1);
      case HeadKind::kOtherSimple:
      case HeadKind::kFloat:
        return CborValue();
      case HeadKind::kTag:
        return fail("a tag");
      case HeadKind::kIndefinite:
        return fail("an indefinite length");
      case HeadKind::kNone:
        break;
    }
    return fail("no item");
  }

  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  [[nodiscard]] CborError fail(std::string_view what) const {
    return {std::string(what) + " at byte " + std::to_string(position_)};
  }

  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }

  Result<Head, CborError> next_head() {
    if (items_++ == max_items_) return fail("more than " + std::to_string(max_items_) + " items");
    Head head;
    const cbor_decoder_result result =
        cbor_stream_decode(bytes_.data() + position_, left(), &kCallbacks, &head);
    if (result.status == CBOR_DECODER_NEDATA) return fail("cut short");
    if (result.status != CBOR_DECODER_FINISHED) return fail("a reserved encoding");
    head.size = result.read;
    const bool has_number = head.kind != HeadKind::kFloat && head.kind != HeadKind::kBoolean;
    if (has_number && head.size != shortest_head(head.number) + head.content.size()) {
      return fail("an encoding longer than need be");
    }
    position_ += head.size;
    return head;
  }

  static CborValue integer(const Head& head) {
    if (head.number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return CborValue();
    }
    const auto number = static_cast<std::int64_t>(head.number);
    return CborValue(head.kind == HeadKind::kNegative ? -1 - number : number);
  }

  Result<CborValue, CborError> array(std::uint64_t count, std::size_t depth) {
    if (depth > max_depth_) return fail("nested too deep");
    if (count > left()) return fail("more items than bytes");
    CborValue::Array values;
    // Not reserved: `count` is the sender's word, the items are bounded as they come.
    for (; count > 0; --count) {
      auto value = item(depth);
      if (!value) return value.error();
      values.push_back(std::move(*value));
    }
    return CborValue(std::move(values));
  }

  Result<CborValue, CborError> map(std::uint64_t count, std::size_t depth) {
    if (depth > max_depth_) return fail("nested too deep");
    if (count > left() / 2) return fail("more items than bytes");
    CborValue::Map members;
    ByteView previous;
    for (; count > 0; --count) {
      const std::size_t start = position_;
      auto key = item(depth);
      if (!key) return key.error();
      if (key->integer() == nullptr && key->text() == nullptr) {
        return fail("a key that is neither integer nor text");
      }
      const ByteView encoded = bytes_.subspan(start, position_ - start);
      if (!previous.empty() && !key_precedes(previous, encoded)) {
        return fail(equal_bytes(previous, encoded) ? "a duplicate key" : "keys out of order");
      }
      previous = encoded;
      auto value = item(depth);
      if (!value) return value.error();
      members.emplace_back(std::move(*key), std::move(*value));
    }
    return CborValue(std::move(members));
  }

  ByteView bytes_;
  std::size_t max_items_;
  std::size_t max_depth_;
  std::size_t position_ = 0;
  std::size_t items_ = 0;
};

}  // namespace

Result<CborPrefix, CborError> parse_cbor_prefix(ByteView bytes, const CborLimits& limits) {
  Parser parser(bytes, limits);
  auto value = parser.item(0);
  if (!value) return value.error();
  return CborPrefix{std::move(*value), parser.position()};
}

Result<CborValue, CborError> parse_cbor(ByteView bytes, const CborLimits& limits) {
  auto prefix = parse_cbor_prefix(bytes, limits);
  if (!prefix) return prefix.error();
  if (prefix->size != bytes.size()) {
    return CborError{std::to_string(bytes.size() - prefix->size) + " bytes behind the item"};
  }
  return std::move(prefix->value);
}

}  // namespace masterkey2
