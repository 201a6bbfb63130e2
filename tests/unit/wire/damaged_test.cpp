#include "unit/wire/frames.hpp"

#include <starmap/error.hpp>
#include <starmap/serialization.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

using starmap::ProtocolError;
using starmap::detail::ByteReader;
using starmap::detail::Bytes;

namespace {

Bytes copy_of(std::span<std::byte const> bytes)
{
    Bytes copy;
    copy.append(bytes.data(), bytes.size());
    return copy;
}

/// `read` is called with every beginning of the bytes, copied so that a sanitizer sees their end:
/// each must be refused by ProtocolError.
template <class Read>
void check_truncated(Bytes const& whole, Read read)
{
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        auto const part = copy_of(whole.view().first(size));
        ByteReader in(part.view());
        CHECK_THROWS_AS(read(in), ProtocolError);
    }
}

/// `read` is called with bytes of which some are wrong: it reads something, or throws.
template <class Read>
void check_flipped(Bytes const& whole, Read read)
{
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        auto damaged = copy_of(whole.view());
        for (auto flips = random() % 3 + 1; flips > 0; --flips)
            damaged.data()[random() % damaged.size()] = static_cast<std::byte>(random());
        ByteReader in(damaged.view());
        try {
            read(in);
        } catch (std::exception const&) {
            ++refused;
        }
        CHECK(in.left() <= damaged.size());
    }
    CHECK(refused < 400);
}

template <class T>
void check_value(T const& value)
{
    Bytes whole;
    starmap::detail::encode(whole, value);
    auto const read = [](ByteReader& in) {
        T into;
        starmap::detail::decode(in, into);
    };
    check_truncated(whole, read);
    check_flipped(whole, read);
}

} // namespace

TEST_CASE("bodies of frames that are cut off anywhere, or wrong anywhere")
{
    using namespace starmap::wire;
    auto const body = [](Bytes const& frame) {
        return copy_of(frame.view().subspan(sizeof(Header)));
    };
    SUBCASE("hello")
    {
        auto const read = [](ByteReader& in) { read_hello(in); };
        auto const whole = body(encode(Hello{.registry_digest = 1,
                                             .registry_size = 2,
                                             .cores = 3,
                                             .pid = 4,
                                             .version = "1.2.3",
                                             .host = "host",
                                             .node = "node",
                                             .program = "program"}));
        check_truncated(whole, read);
        check_flipped(whole, read);
    }
    SUBCASE("welcome")
    {
        check_truncated(body(encode(Welcome{})), [](ByteReader& in) { read_welcome(in); });
    }
    SUBCASE("open")
    {
        Open open;
        open.onward = {{1, 0}, {2, 1}};
        open.segments.resize(2);
        check_truncated(body(encode(open, 1)), [](ByteReader& in) { read_open(in); });
    }
    SUBCASE("stop")
    {
        auto const whole = encode_stop(1, 2);
        check_truncated(body(whole), [](ByteReader& in) { read_stop(in); });
    }
    SUBCASE("log")
    {
        auto const read = [](ByteReader& in) { read_log(in); };
        check_truncated(body(encode_log(false, "a line")), read);
        check_flipped(body(encode_log(false, "a line")), read);
    }
    SUBCASE("result")
    {
        auto const read = [](ByteReader& in) { read_result(in); };
        auto const whole = body(result_frame());
        check_truncated(whole, read);
        check_flipped(whole, read);
    }
}

TEST_CASE("numbers, texts and raw vectors")
{
    check_value(std::string("some text"));
    check_value(std::wstring(L"wide"));
    check_value(std::vector<double>{1, 2, 3});
    check_value(std::vector<bool>{true, false, true});
    check_value(std::tuple<int, std::string, std::vector<int>>{1, "a", {1, 2}});
}

TEST_CASE("containers, optionals and variants")
{
    check_value(std::vector<std::string>{"a", "bc", ""});
    check_value(std::list<int>{1, 2, 3});
    check_value(std::deque<std::string>{"a", "b"});
    check_value(std::set<int>{1, 2, 3});
    check_value(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {2, 3}}});
    check_value(std::unordered_map<int, std::string>{{1, "a"}, {2, "b"}});
    check_value(std::optional<std::list<int>>({1, 2}));
    check_value(std::variant<int, std::string, std::list<int>>("text"));
    check_value(std::valarray<double>{1, 2, 3});
}

TEST_CASE("a length without its elements is refused, not allocated")
{
    for (std::uint64_t const length :
         {std::uint64_t{1} << 32, std::uint64_t{1} << 60, ~std::uint64_t{0}}) {
        CAPTURE(length);
        Bytes bytes;
        bytes.put(length);
        bytes.put(length);
        auto const refuses = [&](auto into) {
            ByteReader in(bytes.view());
            CHECK_THROWS_AS(starmap::detail::decode(in, into), ProtocolError);
        };
        refuses(std::string());
        refuses(std::wstring());
        refuses(std::vector<double>());
        refuses(std::vector<char>());
        refuses(std::vector<bool>());
        refuses(std::vector<std::string>());
        refuses(std::list<int>());
        refuses(std::deque<double>());
        refuses(std::map<int, int>());
        refuses(std::unordered_map<int, int>());
        refuses(std::valarray<double>());
    }
}

TEST_CASE("elements that travel as no bytes may be some, but not any number")
{
    std::list<std::tuple<>> const some(1000);
    Bytes bytes;
    starmap::detail::encode(bytes, some);
    ByteReader in(bytes.view());
    std::list<std::tuple<>> read;
    starmap::detail::decode(in, read);
    CHECK(read.size() == 1000);
}

TEST_CASE("a result whose numbers do not go together is refused")
{
    using namespace starmap::wire;
    auto const whole = result_frame();
    auto const head_of = [](Bytes const& frame) {
        ByteReader in(frame.view());
        read_header(in);
        return in.get<ResultHead>();
    };
    auto const check_refused = [&](auto spoil) {
        auto frame = copy_of(whole.view());
        auto head = head_of(frame);
        spoil(head);
        frame.patch(sizeof(Header), head);
        ByteReader in(frame.view());
        read_header(in);
        CHECK_THROWS_WITH_AS(read_result(in), doctest::Contains("makes no sense"), ProtocolError);
    };
    check_refused([](ResultHead& head) { head.done = 1; }); // the second of three has failed
    check_refused([](ResultHead& head) { head.seconds = -1; });
    check_refused([](ResultHead& head) { head.seconds = std::nan(""); });
    check_refused([](ResultHead& head) { head.weight = HUGE_VAL; });
}
