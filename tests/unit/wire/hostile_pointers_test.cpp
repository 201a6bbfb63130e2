// Bytes that name classes and objects which there are not: Boost would take them as indices.
#include <starmap/error.hpp>
#include <starmap/serialization.hpp>

#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

using starmap::ProtocolError;
using starmap::detail::ByteReader;
using starmap::detail::Bytes;

namespace hostile_test {

struct Link {
    long value = 0;
    std::unique_ptr<Link> next;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& value& next;
    }
};
struct Other {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& text;
    }
};
/// Both kinds of owners, and pointers that own nothing.
struct Family {
    std::vector<std::unique_ptr<Other>> unique;
    std::vector<std::shared_ptr<Other>> shared;
    std::vector<std::shared_ptr<Link>> links;
    std::vector<Other*> seen;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& unique& shared& links& seen;
    }
};

struct Base {
    virtual ~Base() = default;
    long base = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& base;
    }
};
struct Derived : Base {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& boost::serialization::base_object<Base>(*this) & text;
    }
};
/// Exported, but no Base.
struct Stranger {
    virtual ~Stranger() = default;
    long value = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& value;
    }
};
/// Its destructor frees what it points to, as that of many an old class.
struct Owner {
    Base* held = nullptr;
    Owner() = default;
    Owner(Owner const&) = delete;
    Owner& operator=(Owner const&) = delete;
    ~Owner() { delete held; }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& held;
    }
};

} // namespace hostile_test

BOOST_CLASS_EXPORT_GUID(hostile_test::Derived, "hostile_test_derived")
BOOST_CLASS_EXPORT_GUID(hostile_test::Stranger, "hostile_test_stranger")

namespace {

using namespace hostile_test;

template <class T>
Bytes written(T const& value)
{
    Bytes bytes;
    starmap::detail::encode(bytes, value);
    return bytes;
}

template <class T>
void read(Bytes const& bytes)
{
    ByteReader in(bytes.view());
    T value;
    starmap::detail::decode(in, value);
}

/// Where the number of this type first stands in the bytes.
template <class Number>
std::size_t find(Bytes const& bytes, Number number, std::size_t from = 0)
{
    for (auto at = from; at + sizeof number <= bytes.size(); ++at) {
        Number there;
        __builtin_memcpy(&there, bytes.data() + at, sizeof there);
        if (there == number) return at;
    }
    FAIL("the bytes lack what the test is to change");
    return 0;
}

void replace(Bytes& bytes, std::string const& from, std::string const& to)
{
    REQUIRE(from.size() == to.size());
    std::string const all(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    auto const at = all.find(from);
    REQUIRE(at != std::string::npos);
    __builtin_memcpy(bytes.data() + at, to.data(), to.size());
}

Family family()
{
    Family family;
    for (auto const* const text : {"a", "b", "c"})
        family.unique.push_back(std::make_unique<Other>(Other{text}));
    family.shared.push_back(std::make_shared<Other>(Other{"d"}));
    family.shared.push_back(family.shared.front());
    family.links.push_back(std::make_shared<Link>());
    family.links.front()->value = 4711;
    family.seen = {family.unique[1].get(), family.shared[0].get(), nullptr};
    return family;
}

} // namespace

TEST_CASE("pointers that are in order arrive, whoever owns what they point to")
{
    auto const bytes = written(family());
    ByteReader in(bytes.view());
    Family copy;
    starmap::detail::decode(in, copy);
    CHECK(in.left() == 0);
    REQUIRE(copy.unique.size() == 3);
    CHECK(copy.unique[2]->text == "c");
    CHECK(copy.shared[0] == copy.shared[1]);
    CHECK(copy.links[0]->value == 4711);
    CHECK(copy.seen == std::vector<Other*>{copy.unique[1].get(), copy.shared[0].get(), nullptr});
}

TEST_CASE("any number in the place of any other is read, or refused")
{
    auto const whole = written(family());
    for (std::size_t at = 0; at + sizeof(std::int32_t) <= whole.size(); ++at)
        for (std::int32_t const number : {0, 1, 2, 3, 5, 7, -1, -2, 70'000, 1 << 30}) {
            CAPTURE(at);
            CAPTURE(number);
            Bytes damaged;
            damaged.append(whole.data(), whole.size());
            damaged.patch(at, number);
            try {
                read<Family>(damaged);
            } catch (std::exception const&) { // in most places
            }
        }
}

TEST_CASE("the number of a class that there is not is refused")
{
    auto const right = written(std::make_unique<Other>(Other{"text"}));
    auto const at = find<std::int32_t>(right, 1); // behind the class of the std::unique_ptr
    for (std::int32_t const number : {2, 1000, 70'000, -2, 65'537}) {
        CAPTURE(number);
        auto bytes = written(std::make_unique<Other>(Other{"text"}));
        bytes.patch(at, number);
        CHECK_THROWS_AS(read<std::unique_ptr<Other>>(bytes), ProtocolError);
    }
}

TEST_CASE("two owners of one object are refused, and an object of another class")
{
    // The numbers of three objects, in the order of writing, stand in front of their texts.
    auto const right = written(family());
    auto const number_before = [&](char const* text, std::uint32_t number) {
        auto const all = std::string(reinterpret_cast<char const*>(right.data()), right.size());
        auto const length = std::string("\1\0\0\0\0\0\0\0", 8);
        auto const at = all.find(length + text);
        REQUIRE(at != std::string::npos);
        std::uint32_t there = 0;
        __builtin_memcpy(&there, right.data() + at - sizeof there, sizeof there);
        CHECK(there == number);
        return at - sizeof there;
    };
    auto const second = number_before("b", 1);
    for (std::uint32_t const number : {0U, 2U, 77U, ~0U}) {
        CAPTURE(number);
        auto bytes = written(family());
        bytes.patch(second, number);
        CHECK_THROWS_AS(read<Family>(bytes), ProtocolError);
    }
    auto const shared = number_before("d", 3);
    auto bytes = written(family());
    bytes.patch(shared, std::uint32_t{0}); // that is a unique one's
    CHECK_THROWS_AS(read<Family>(bytes), ProtocolError);
}

TEST_CASE("a class by its name must be known, and be one that fits")
{
    auto const make = [] {
        Owner owner;
        owner.held = new Derived;
        return written(owner);
    };
    read<Owner>(make());
    auto unknown = make();
    replace(unknown, "hostile_test_derived", "hostile_test_unheard");
    CHECK_THROWS_AS(read<Owner>(unknown), ProtocolError);
    auto named = make();
    // As long as the other with its length: a Stranger, which Boost reads before it sees that.
    auto const at = find<std::uint64_t>(named, std::string("hostile_test_derived").size());
    Bytes strange;
    strange.append(named.data(), at);
    std::string const name = "hostile_test_stranger";
    strange.put(std::uint64_t{name.size()});
    strange.append(name.data(), name.size());
    auto const rest = at + sizeof(std::uint64_t) + std::string("hostile_test_derived").size();
    strange.append(named.data() + rest, named.size() - rest);
    CHECK_THROWS_AS(read<Owner>(strange), std::exception);
}

TEST_CASE("a list that is longer than the stack is deep is refused")
{
    // Each link as the second one says it: class, object, value; the end is no pointer.
    auto head = std::make_unique<Link>();
    auto* last = head.get();
    for (int i = 0; i < 2; ++i) last = (last->next = std::make_unique<Link>()).get();
    auto const three = written(head);
    last->next = std::make_unique<Link>();
    auto const four = written(head);
    auto const link = four.size() - three.size();
    std::uint32_t object = 3;
    Bytes endless;
    endless.append(four.data(), four.size() - sizeof(std::int32_t));
    Bytes one;
    one.append(three.data() + three.size() - sizeof(std::int32_t) - link, link);
    auto const number = find<std::uint32_t>(one, 2);
    for (int i = 0; i < 1'000'000; ++i) {
        one.patch(number, ++object);
        endless.append(one.data(), one.size());
    }
    CHECK_THROWS_AS(read<std::unique_ptr<Link>>(endless), ProtocolError);
}
