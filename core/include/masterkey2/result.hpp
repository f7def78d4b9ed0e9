// A value or an error, with the member names of std::expected (which g++ 12 has in C++23 only).
#pragma once

#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

namespace masterkey2 {

/// Either a `T` or an `E`; `T` and `E` differ. Both convert implicitly, so that a function returns
/// its value or its error by a plain `return`. Reading the side that is absent is a bug (assert).
template <class T, class E>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, E>);

 public:
  using value_type = T;
  using error_type = E;

  // `return value;` and `return error;` are the point; the constraint keeps copies and moves out.
  // NOLINTBEGIN(google-explicit-constructor, bugprone-forwarding-reference-overload)
  Result(const T& value) : state_(std::in_place_index<0>, value) {}
  Result(T&& value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(const E& error) : state_(std::in_place_index<1>, error) {}
  Result(E&& error) : state_(std::in_place_index<1>, std::move(error)) {}
  template <class U>
  requires(std::is_constructible_v<T, U&&> && !std::is_constructible_v<E, U&&> &&
           std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, Result>)
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  // NOLINTEND(google-explicit-constructor, bugprone-forwarding-reference-overload)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & { return get(); }
  [[nodiscard]] const T& value() const& { return get(); }
  [[nodiscard]] T&& value() && { return std::move(get()); }
  [[nodiscard]] T& operator*() & { return get(); }
  [[nodiscard]] const T& operator*() const& { return get(); }
  [[nodiscard]] T&& operator*() && { return std::move(get()); }
  [[nodiscard]] T* operator->() { return &get(); }
  [[nodiscard]] const T* operator->() const { return &get(); }

  [[nodiscard]] E& error() & { return get_error(); }
  [[nodiscard]] const E& error() const& { return get_error(); }
  [[nodiscard]] E&& error() && { return std::move(get_error()); }

  template <class U>
  [[nodiscard]] T value_or(U&& fallback) const& {
    return has_value() ? get() : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  [[nodiscard]] T& get() {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& get() const {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] E& get_error() {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] const E& get_error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

  std::variant<T, E> state_;
};

/// Success without a value, or an `E`. A default-constructed one is success.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Result() = default;
  // NOLINTBEGIN(google-explicit-constructor): `return error;` is the point.
  Result(const E& error) : state_(std::in_place_index<1>, error) {}
  Result(E&& error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] E& error() & {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] const E& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] E&& error() && {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace masterkey2
