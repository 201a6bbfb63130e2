/// Values of many types as they are unpacked. The first byte chooses the type. What can be read can
/// be written, and be read again. Of pointers the owners are here, and such as own nothing.
#include <starmap/accum_dict.hpp>
#include <starmap/error.hpp>
#include <starmap/node_array.hpp>
#include <starmap/serialization.hpp>

#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

namespace fuzz {

struct Shape {
    virtual ~Shape() = default;
    double size = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& size;
    }
};
struct Polygon : Shape {
    std::vector<std::array<float, 2>> corners;
    std::optional<std::string> name;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& boost::serialization::base_object<Shape>(*this) & corners& name;
    }
};
/// A list, a tree, whatever the bytes make of it.
struct Knot {
    long value = 0;
    std::unique_ptr<Knot> left;
    std::unique_ptr<Knot> right;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& value& left& right;
    }
};
struct Household {
    std::vector<std::unique_ptr<Shape>> unique;
    std::vector<std::shared_ptr<Shape>> shared;
    std::shared_ptr<Knot> knot;
    std::vector<Shape*> seen;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& unique& shared& knot& seen;
    }
};
struct Nothing {
    template <class Archive>
    void serialize(Archive&, unsigned)
    {
    }
};

} // namespace fuzz

BOOST_CLASS_EXPORT_GUID(fuzz::Polygon, "polygon")

namespace {

using starmap::detail::ByteReader;
using starmap::detail::Bytes;

template <class T>
void read(std::span<std::byte const> bytes)
{
    Bytes first;
    try {
        ByteReader in(bytes);
        auto value = std::make_unique<T>();
        starmap::detail::decode(in, *value);
        if constexpr (!std::is_same_v<T, fuzz::Household>) starmap::detail::encode(first, *value);
    } catch (std::exception const&) { // what is to come of most
        return;
    }
    // A pointer may have come back that nobody owns, and whose object is gone.
    if constexpr (std::is_same_v<T, fuzz::Household>) return;
    // From here on it is a value like any other, but for many elements that have no bytes.
    if constexpr (std::is_same_v<T, std::vector<fuzz::Nothing>>) return;
    ByteReader in(first.view());
    auto value = std::make_unique<T>();
    starmap::detail::decode(in, *value);
    if (in.left() != 0) std::abort();
}

template <class... T>
void read_one_of(std::size_t which, std::span<std::byte const> bytes)
{
    std::size_t i = 0;
    ((i++ == which ? read<T>(bytes) : void()), ...);
}

template <class... T>
struct Types {
    static void read(std::uint8_t which, std::span<std::byte const> bytes)
    {
        read_one_of<T...>(which % sizeof...(T), bytes);
    }
};

using All = Types<std::string, std::wstring, std::vector<double>, std::vector<std::string>,
                  std::vector<bool>, std::vector<std::vector<long>>, std::vector<fuzz::Nothing>,
                  std::list<std::pair<int, std::string>>, std::deque<std::vector<std::string>>,
                  std::map<std::string, std::vector<double>>, std::multimap<long, std::string>,
                  std::set<std::string>, std::unordered_map<std::string, std::set<int>>,
                  std::unordered_set<std::string>, std::valarray<double>,
                  std::optional<std::string>, std::variant<int, std::string, std::vector<double>>,
                  std::tuple<bool, std::string, std::vector<float>>, std::array<std::string, 3>,
                  starmap::AccumDict<std::string, starmap::AccumDict<int, std::vector<double>>>,
                  starmap::NodeArray<double>,
                  std::vector<std::pair<std::string, starmap::NodeArray<float>>>, fuzz::Polygon,
                  std::unique_ptr<fuzz::Knot>, std::unique_ptr<fuzz::Shape>,
                  std::vector<std::shared_ptr<fuzz::Polygon>>, fuzz::Household>;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0) return 0;
    All::read(data[0], std::as_bytes(std::span(data + 1, size - 1)));
    return 0;
}
