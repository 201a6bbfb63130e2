// What is allowed to travel, by type alone.
#include <starmap/starmap.hpp>

#include <boost/serialization/access.hpp>
#include <boost/serialization/bitset.hpp>
#include <boost/serialization/split_free.hpp>

#include <doctest/doctest.h>

#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace travel_test {

struct Point {
    double x = 0;
    double y = 0;
};
struct Empty {};
struct Member {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& text;
    }
};
class Private {
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& text_;
    }
    std::string text_;
};
struct Derived : Member {
    int more = 0;
};
struct Last final {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& text;
    }
};
struct Free {
    std::string text;
};
template <class Archive>
void serialize(Archive& archive, Free& free, unsigned)
{
    archive& free.text;
}
struct Split {
    std::string text;
};
template <class T>
struct Family {
    T value;
};
template <class Archive, class T>
void serialize(Archive& archive, Family<T>& family, unsigned const)
{
    archive& family.value;
}
struct Abstract {
    virtual ~Abstract() = default;
    virtual void draw() = 0;
    template <class Archive>
    void serialize(Archive&, unsigned)
    {
    }
};
/// As bytes it could go, but its author has decided otherwise.
struct Indirect {
    int* pointer = nullptr;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive&* pointer;
    }
};
struct FreeIndirect {
    int* pointer = nullptr;
};
template <class Archive>
void serialize(Archive& archive, FreeIndirect& indirect, unsigned)
{
    archive&* indirect.pointer;
}
class PrivateIndirect {
public:
    int* pointer;

private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive&* pointer;
    }
};

enum class Colour : std::uint8_t { red };
struct Mixed {
    std::array<double, 3> a{};
    int b[4] = {};
    Colour c = Colour::red;
    Point d[2];
    std::optional<int> e;
    std::complex<float> f;
    std::chrono::milliseconds g{};
    bool h : 1;
    unsigned i : 3;
    Empty j;
};
struct Names {
    char first[16] = {};
    char last[400] = {};
};
/// Converts from anything, as a tactless number class may.
struct Greedy {
    Greedy() = default;
    template <class T>
    Greedy(T const&)
    {
    }
    int value = 0;
};
struct HasGreedy {
    Greedy a;
    Greedy b;
};

struct Pointer {
    int n = 0;
    char const* text = nullptr;
};
struct View {
    std::string_view text;
    int n = 0;
};
struct Span {
    double a[3] = {};
    std::span<int> b;
};
struct Deep {
    int n = 0;
    struct {
        Point ends[2];
        std::array<Pointer, 2> pointers;
    } inside;
};
struct Base {
    void* address = nullptr;
};
struct Inherits : Base {
    int n = 0;
};
struct Callback {
    int n = 0;
    void (*call)(int) = nullptr;
    int Point::*member = nullptr;
};
struct InOptional {
    std::optional<int*> pointer;
};

struct Text {
    std::string text;
};
class Constructed {
public:
    explicit Constructed(int n = 0) : n_(n) {}
    int get() const { return n_; }

private:
    int n_;
};
union Either {
    int a;
    double b;
};

} // namespace travel_test

namespace boost::serialization {
template <class Archive>
void save(Archive& archive, travel_test::Split const& split, unsigned)
{
    archive << split.text;
}
template <class Archive>
void load(Archive& archive, travel_test::Split& split, unsigned)
{
    archive >> split.text;
}
} // namespace boost::serialization
BOOST_SERIALIZATION_SPLIT_FREE(travel_test::Split)

namespace {

using namespace travel_test;
using starmap::detail::points_elsewhere;
using starmap::detail::says_how_to_travel;

template <class... T>
constexpr bool travel = ((!points_elsewhere<T>() && says_how_to_travel<T>()) && ...);
template <class... T>
constexpr bool point = (points_elsewhere<T>() && ...);
template <class... T>
constexpr bool say_nothing = (!(points_elsewhere<T>() || says_how_to_travel<T>()) && ...);

template <class T>
using Anywhere = std::tuple<std::map<int, std::vector<std::optional<std::variant<bool, T>>>>>;

} // namespace

// Nothing is left to run: the compiler refuses this file if one of these is wrong.
TEST_CASE("what can travel, what points elsewhere and what says nothing are told apart")
{
    static_assert(travel<bool, char, long double, Colour, std::string, std::wstring, Empty, Point>);
    static_assert(travel<std::vector<bool>, std::monostate, std::tuple<>, std::complex<double>,
                         std::chrono::nanoseconds, std::chrono::system_clock::time_point>);
    static_assert(travel<std::deque<Point>, std::list<Member>, std::set<std::string>,
                         std::unordered_map<std::string, Private>, std::pair<int, Free>,
                         std::array<std::string, 2>, std::array<int, 0>, std::bitset<9>>);
    static_assert(travel<Member, Private, Derived, Last, Free, Split, Family<std::string>>);
    static_assert(travel<std::shared_ptr<Member>, std::unique_ptr<Abstract>, Indirect>);
    static_assert(travel<FreeIndirect, PrivateIndirect, Mixed, Names, HasGreedy>);
    static_assert(travel<Anywhere<Split>, starmap::AccumDict<std::string, std::vector<double>>>);
    static_assert(!starmap::detail::TravelsRaw<FreeIndirect>);
    static_assert(!starmap::detail::TravelsRaw<PrivateIndirect>);
    static_assert(starmap::detail::TravelsRaw<Mixed> && starmap::detail::TravelsRaw<Names>);

    static_assert(
        point<int*, Member const*, char const*, void (*)(), int Point::*, std::nullptr_t>);
    static_assert(point<std::string_view, std::wstring_view, std::span<int const>,
                        std::span<double, 3>, std::reference_wrapper<int>>);
    static_assert(point<std::vector<int*>, std::array<char const*, 2>, std::pair<int, int*>,
                        std::optional<std::string_view>, Anywhere<std::span<int>>, Anywhere<int*>>);
    static_assert(point<Pointer, View, Span, Deep, Inherits, Callback, InOptional>);
    static_assert(point<std::vector<Pointer>, Anywhere<View>, starmap::AccumDict<int, Deep>>);

    static_assert(say_nothing<Text, Constructed, Either, std::function<void()>, std::mutex,
                              std::thread, std::condition_variable, std::any, std::future<int>>);
    static_assert(say_nothing<std::vector<Text>, Anywhere<std::function<int(int)>>,
                              std::shared_ptr<Text>, std::unique_ptr<int>, std::weak_ptr<Member>>);
}
