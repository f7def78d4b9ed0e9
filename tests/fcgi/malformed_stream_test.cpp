// What a peer of the FastCGI socket may send to harm: attacks on the record layer and parameters.
#include <gmock/gmock.h>

#include "encoding/json.hpp"
#include "server_fixture.hpp"

namespace masterkey2 {
namespace {

using testing::cgi_params;
using testing::CgiParams;
using testing::fastcgi_begin;
using testing::fastcgi_bytes;
using testing::fastcgi_pair;
using testing::fastcgi_params_stream;
using testing::fastcgi_record;
using testing::fastcgi_stdin_stream;
using testing::FastcgiConnection;
using testing::kFcgiAbort;
using testing::kFcgiBegin;
using testing::kFcgiGetValues;
using testing::kFcgiParams;
using testing::kFcgiStdin;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class MalformedStream : public ServerFixture {
 protected:
  /// The server closes without an answer, and serves the next one.
  void expect_closed(const std::string& what, const std::string& bytes) {
    FastcgiConnection connection = connect();
    connection.send(bytes);
    EXPECT_FALSE(connection.read_answer()) << what;
    EXPECT_EQ(status(get("/hello")), 200) << what;
  }

  void expect_refused(const std::string& what, const CgiParams& params) {
    FastcgiConnection connection = connect();
    const auto answer = connection.ask({.params = params, .keep = true});
    ASSERT_TRUE(answer) << what;
    EXPECT_EQ(answer->status, 400) << what;
    EXPECT_EQ(Json::parse(answer->body).at("code"), "invalid_request") << what;
    EXPECT_TRUE(connection.wait_for_close()) << what;
  }

  [[nodiscard]] static std::string with_params(const std::string& content) {
    return fastcgi_begin() + fastcgi_record(kFcgiParams, content) +
           fastcgi_record(kFcgiParams, "") + fastcgi_record(kFcgiStdin, "");
  }

  static long resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
    }
    return 0;
  }
};

TEST_F(MalformedStream, EndsTheConnectionAndNothingElse) {
  start();
  const std::string good = fastcgi_bytes(get("/hello"));
  const std::string params = fastcgi_params_stream(cgi_params("GET", "/hello"));
  expect_closed("no FastCGI at all", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_closed("a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
  expect_closed("another version", "\x02" + good.substr(1));
  expect_closed("id 0", fastcgi_begin(false, 0) + params);
  expect_closed("no begin", params + fastcgi_stdin_stream(""));
  expect_closed("begin of another size", fastcgi_record(kFcgiBegin, "12345678901"));
  expect_closed("another role",
                fastcgi_record(kFcgiBegin, std::string("\0\3\0\0\0\0\0\0", 8)) + params);
  expect_closed("two begins", fastcgi_begin() + fastcgi_begin());
  expect_closed("two request ids",
                fastcgi_begin() + fastcgi_params_stream(cgi_params("GET", "/hello"), 2));
  expect_closed("stdin before params end", fastcgi_begin() +
                                               fastcgi_record(kFcgiParams, fastcgi_pair("a", "b")) +
                                               fastcgi_record(kFcgiStdin, ""));
  expect_closed("an abort", fastcgi_begin() + params + fastcgi_record(kFcgiAbort, ""));
  expect_closed("a management record",
                fastcgi_record(kFcgiGetValues, fastcgi_pair("FCGI_MAX_CONNS", ""), 0));
}

TEST_F(MalformedStream, LengthsThatDoNotAddUpEndTheConnection) {
  start();
  const std::string sound =
      fastcgi_pair("REQUEST_METHOD", "GET") + fastcgi_pair("REQUEST_URI", "/");
  expect_closed("a value of 2 GiB", with_params(sound + std::string("\x01\xff\xff\xff\xff"
                                                                    "A",
                                                                    6)));
  expect_closed("a name of 2 GiB", with_params(sound + std::string("\xff\xff\xff\xff\x01"
                                                                   "A",
                                                                   6)));
  expect_closed("both of 2 GiB", with_params(sound + std::string("\xff\xff\xff\xff\xff\xff\xff\xff"
                                                                 "A",
                                                                 9)));
  expect_closed("one byte too long", with_params(sound + std::string("\x01\x02"
                                                                     "AB",
                                                                     4)));
  expect_closed("cut in a length", with_params(sound + std::string("\x01", 1)));
  expect_closed("cut in a long length", with_params(sound + std::string("\x80\x00", 2)));
  expect_closed("no name", with_params(sound + fastcgi_pair("", "value")));
  expect_closed("no name and no value", with_params(sound + std::string(2, '\0')));
  std::string many = sound;
  for (int i = 0; i < 127; ++i) many += fastcgi_pair("N" + std::to_string(i), "");
  expect_closed("129 parameters", with_params(many));
}

TEST_F(MalformedStream, ManyOrLargeParametersCostNoMemory) {
  start();
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += fastcgi_pair("N" + std::to_string(i), "v");
  std::string records;
  for (std::size_t i = 0; i < many.size(); i += 60'000) {
    records += fastcgi_record(kFcgiParams, many.substr(i, 60'000));
  }
  const std::string record =
      fastcgi_record(kFcgiParams, fastcgi_pair("REQUEST_METHOD", std::string(60'000, 'x')));
  const std::string large = record + record + record;
  ASSERT_EQ(status(get("/hello")), 200);
  const auto attack = [&] {
    for (const std::string& params : {records, large}) {
      FastcgiConnection connection = connect();
      connection.send(fastcgi_begin().append(params));
      const auto answer = connection.read_answer();
      EXPECT_TRUE(!answer || answer->status == 400);
    }
  };
  for (int i = 0; i < 10; ++i) attack();
  const long before = resident_kib();
  for (int i = 0; i < 100; ++i) attack();
  // Sanitizers keep what was freed.
  EXPECT_TRUE(kSanitized || resident_kib() - before < 1'024);
  EXPECT_EQ(status(get("/hello")), 200);
  EXPECT_EQ(handled_, 2);
}

TEST_F(MalformedStream, ParametersThatCanBeReadTwoWaysAreRefused) {
  start();
  const auto with = [](const CgiParams& more) { return cgi_params("GET", "/hello", more); };
  expect_refused("= in a name", with({{"HTTP_X_API_KEY=evil", "x"}}));
  expect_refused("NUL in a name", with({{std::string("A\0B", 3), "x"}}));
  expect_refused("NUL in a value", with({{"HTTP_A", std::string("a\0b", 3)}}));
  for (const char* name : {"REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH", "REMOTE_ADDR"}) {
    expect_refused(std::string("two of ") + name, with({{name, "1"}}));
  }
  for (const char* name :
       {"CONTENT_TYPE", "HTTP_X_API_KEY", "HTTP_AUTHORIZATION", "HTTP_ORIGIN",
        "HTTP_SEC_FETCH_SITE", "HTTP_IDEMPOTENCY_KEY", "HTTP_CONTENT_ENCODING"}) {
    expect_refused(std::string("two of ") + name, with({{name, "a"}, {name, "a"}}));
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(MalformedStream, OddMethodsTargetsAndLengthsAreRefused) {
  start();
  expect_refused("no parameters", {});
  expect_refused("no method", {{"REQUEST_URI", "/hello"}});
  expect_refused("no target", {{"REQUEST_METHOD", "GET"}});
  expect_refused("an empty target", cgi_params("GET", ""));
  expect_refused("a target above 8 KiB", cgi_params("GET", "/" + std::string(8'192, 'a')));
  for (const std::string& method : {std::string(), std::string("GE T"), std::string("GET\r\n"),
                                    std::string("G\xc3\x89T"), std::string(17, 'A')}) {
    expect_refused("method " + method, cgi_params(method, "/hello"));
  }
  for (const char* length : {"abc", "1e3", "+5", " 5", "5 ", "0x5", "-2", "99999999999999999999"}) {
    CgiParams params = cgi_params("GET", "/hello");
    params.at(3).second = length;
    expect_refused(std::string("length ") + length, params);
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(MalformedStream, EveryTruncationOfAGoodRequestEndsWithTheConnection) {
  options_.gate.receive_time = std::chrono::minutes(10);  // an end that is not seen is waited for
  start();
  const std::string good = fastcgi_bytes(post("/echo", "{}"));
  for (std::size_t size = 1; size < good.size(); ++size) {
    FastcgiConnection connection = connect();
    ASSERT_TRUE(connection.send(good.substr(0, size)));
    connection.stop_sending();
    EXPECT_FALSE(connection.read_answer()) << size;
  }
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(status(get("/hello")), 200);
}

TEST_F(MalformedStream, EveryFlippedByteLeavesTheServerAlive) {
  options_.gate.receive_time = std::chrono::milliseconds(200);
  start();
  const std::string good = fastcgi_bytes(post("/echo", "{}"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      FastcgiConnection connection = connect();
      ASSERT_TRUE(connection.send(bad)) << i;
      connection.stop_sending();
      const auto ignored = connection.read_answer();
    }
  }
  EXPECT_EQ(status(get("/hello")), 200);
}

}  // namespace
}  // namespace masterkey2
