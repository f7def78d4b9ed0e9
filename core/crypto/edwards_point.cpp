#include "crypto/edwards_point.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace masterkey2 {
namespace {

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, Free>;

Number number_from_hex(const char* hex) {
  BIGNUM* number = nullptr;
  if (BN_hex2bn(&number, hex) == 0) std::abort();
  return Number(number);
}

/// a·x² + y² = 1 + d·x²·y² over the integers modulo p.
struct Curve {
  std::size_t size;  ///< bytes of an encoded point
  Number p;
  Number a;
  Number d;
  Number y_of_order_8;  ///< that and its negative; 0 if there is none
};

const Curve& parameters(EdwardsCurve curve) {
  static const std::array<Curve, 2> curves = {
      Curve{32, number_from_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),
            number_from_hex("-1"),
            number_from_hex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),
            number_from_hex("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826")},
      Curve{57,
            number_from_hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
            number_from_hex("1"), number_from_hex("-98a9"), number_from_hex("0")},
  };
  return curves[static_cast<std::size_t>(curve)];
}

/// `y` is that of a point whose order divides the cofactor.
bool is_small_order(const Curve& curve, const BIGNUM* y) {
  const Number negative(BN_new());
  if (!negative || BN_sub(negative.get(), curve.p.get(), y) != 1) return true;
  for (const BIGNUM* value : {y, static_cast<const BIGNUM*>(negative.get())}) {
    if (BN_is_zero(value) || BN_is_one(value) || BN_cmp(value, curve.y_of_order_8.get()) == 0) {
      return true;
    }
  }
  return false;
}

/// x² = (1 - y²) / (a - d·y²) has a solution.
bool has_x(const Curve& curve, const BIGNUM* y) {
  const std::unique_ptr<BN_CTX, Free> context(BN_CTX_new());
  const Number square(BN_new());
  const Number numerator(BN_new());
  const Number denominator(BN_new());
  const Number product(BN_new());
  BN_CTX* c = context.get();
  const BIGNUM* p = curve.p.get();
  const bool ok = c != nullptr && square && numerator && denominator && product &&
                  BN_mod_sqr(square.get(), y, p, c) == 1 &&
                  BN_mod_sub(numerator.get(), BN_value_one(), square.get(), p, c) == 1 &&
                  BN_mod_mul(product.get(), curve.d.get(), square.get(), p, c) == 1 &&
                  BN_mod_sub(denominator.get(), curve.a.get(), product.get(), p, c) == 1 &&
                  BN_mod_mul(product.get(), numerator.get(), denominator.get(), p, c) == 1;
  // The quotient is a square exactly if the product is.
  const bool is_square = ok && BN_kronecker(product.get(), p, c) == 1;
  if (!is_square) ERR_clear_error();
  return is_square;
}

}  // namespace

bool is_sound_edwards_point(EdwardsCurve curve, ByteView encoded) {
  const Curve& chosen = parameters(curve);
  if (encoded.size() != chosen.size) return false;
  Bytes y_bytes = to_bytes(encoded);
  y_bytes.back() &= 0x7F;  // the sign of x
  const Number y(BN_lebin2bn(y_bytes.data(), static_cast<int>(y_bytes.size()), nullptr));
  return y != nullptr && BN_cmp(y.get(), chosen.p.get()) < 0 && !is_small_order(chosen, y.get()) &&
         has_x(chosen, y.get());
}

}  // namespace masterkey2
