#include "unit/wire/round_trip.hpp"

#include <boost/serialization/access.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/split_member.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace wire_test {

/// Goes as its bytes.
struct Point {
    double x = 0;
    double y = 0;
    bool operator==(Point const&) const = default;
};
struct Segment {
    Point ends[2];
    int id = 0;
    bool operator==(Segment const&) const = default;
};
struct Empty {
    bool operator==(Empty const&) const = default;
};

/// An aggregate that decides for itself, though it could go as its bytes.
struct Rounded {
    double value = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        auto whole = static_cast<long>(value);
        archive& whole;
        value = static_cast<double>(whole);
    }
};

struct Named {
    std::string name;
    std::vector<Point> points;
    Empty empty;
    bool operator==(Named const&) const = default;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name& points& empty;
    }
};

class Hidden {
public:
    Hidden() = default;
    explicit Hidden(std::string secret) : secret_(std::move(secret)) {}
    bool operator==(Hidden const&) const = default;

private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& secret_;
    }
    std::string secret_;
};

/// Written and read differently.
struct Split {
    std::vector<int> numbers;
    int sum = 0;
    template <class Archive>
    void save(Archive& archive, unsigned) const
    {
        archive << numbers;
    }
    template <class Archive>
    void load(Archive& archive, unsigned)
    {
        archive >> numbers;
        sum = 0;
        for (auto const n : numbers) sum += n;
    }
    BOOST_SERIALIZATION_SPLIT_MEMBER()
};

struct Foreign {
    std::string text;
    bool operator==(Foreign const&) const = default;
};
template <class Archive>
void serialize(Archive& archive, Foreign& foreign, unsigned)
{
    archive& foreign.text;
}

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name;
    }
    std::string name;
};
struct Square final : Shape {
    double side = 0;
    double area() const override { return side * side; }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& boost::serialization::base_object<Shape>(*this) & side;
    }
};
struct Disc final : Shape {
    double radius = 0;
    double area() const override { return 3 * radius * radius; }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& boost::serialization::base_object<Shape>(*this) & radius;
    }
};

struct Throwing {
    int when = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        if (Archive::is_saving::value && when == 1) throw std::domain_error("saving");
        archive& when;
        if (Archive::is_loading::value && when == 2) throw std::domain_error("loading");
    }
};

} // namespace wire_test

BOOST_SERIALIZATION_ASSUME_ABSTRACT(wire_test::Shape)
BOOST_CLASS_EXPORT(wire_test::Square)
BOOST_CLASS_EXPORT(wire_test::Disc)

using namespace wire_test;

TEST_CASE("aggregates go as their bytes, alone and in vectors")
{
    CHECK(starmap::detail::TravelsRaw<Point>);
    CHECK(starmap::detail::TravelsRaw<Segment>);
    CHECK(starmap::detail::TravelsRaw<Empty>);
    Segment const segment{{{1, 2}, {3, 4}}, 5};
    CHECK(round_trip(segment) == segment);
    CHECK(round_trip(std::vector{segment, segment}) == std::vector{segment, segment});
    CHECK(round_trip(Empty{}) == Empty{});
    CHECK(round_trip(std::vector<Empty>(3)).size() == 3);
}

TEST_CASE("serialize() beats the bytes, wherever it is: member, private member, free function")
{
    CHECK_FALSE(starmap::detail::TravelsRaw<Rounded>);
    CHECK(round_trip(Rounded{2.75}).value == 2);
    CHECK(round_trip(std::vector<Rounded>{{2.75}, {3.5}})[1].value == 3);
    Named const named{"n", {{1, 2}}, {}};
    CHECK(round_trip(named) == named);
    CHECK(round_trip(std::vector{named, Named{}}) == std::vector{named, Named{}});
    CHECK(round_trip(Hidden("s")) == Hidden("s"));
    CHECK(round_trip(std::make_tuple(Hidden("s"), 1)) == std::make_tuple(Hidden("s"), 1));
    CHECK(round_trip(Foreign{"f"}) == Foreign{"f"});
    auto const split = round_trip(Split{{1, 2, 3}, 0});
    CHECK(split.numbers == std::vector{1, 2, 3});
    CHECK(split.sum == 6);
}

TEST_CASE("objects behind pointers to their base keep their kind")
{
    auto square = std::make_shared<Square>();
    square->side = 2;
    square->name = "square";
    auto disc = std::make_shared<Disc>();
    disc->radius = 1;
    std::vector<std::shared_ptr<Shape>> const shapes{square, disc, nullptr, square};
    auto const back = round_trip(shapes);
    REQUIRE(back.size() == 4);
    CHECK(back[0]->area() == 4);
    CHECK(back[0]->name == "square");
    CHECK(back[1]->area() == 3);
    CHECK_FALSE(back[2]);
    CHECK(back[3] == back[0]);

    starmap::detail::Bytes bytes;
    std::unique_ptr<Shape> owner = std::make_unique<Disc>();
    starmap::detail::encode(bytes, owner);
    starmap::detail::ByteReader reader(bytes.view());
    std::unique_ptr<Shape> read;
    starmap::detail::decode(reader, read);
    REQUIRE(read);
    CHECK(read->area() == 0);
}

TEST_CASE("what serialize() throws comes through")
{
    starmap::detail::Bytes bytes;
    CHECK_THROWS_AS(starmap::detail::encode(bytes, Throwing{1}), std::domain_error);
    bytes.clear();
    starmap::detail::encode(bytes, Throwing{2});
    starmap::detail::ByteReader reader(bytes.view());
    Throwing read;
    CHECK_THROWS_AS(starmap::detail::decode(reader, read), std::domain_error);
}
