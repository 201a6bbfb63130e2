#include <starmap/accum_dict.hpp>
#include <starmap/serialization.hpp>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <boost/archive/xml_iarchive.hpp>
#include <boost/archive/xml_oarchive.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using starmap::AccumDict;

namespace {

template <class Out, class In, class Dict>
Dict round_trip(Dict const& dict, Dict into = {})
{
    std::stringstream stream;
    {
        Out out(stream);
        out << boost::serialization::make_nvp("dict", dict);
    }
    In in(stream);
    in >> boost::serialization::make_nvp("dict", into);
    return into;
}

using Nested = AccumDict<std::string, AccumDict<int, std::vector<double>>>;
Nested const nested{{"a", {{1, {0.5, 1e300}}, {2, {}}}}, {"b", {}}};

} // namespace

TEST_CASE_TEMPLATE("a dictionary travels whole, through any archive of Boost", Archives,
                   std::pair<boost::archive::binary_oarchive, boost::archive::binary_iarchive>,
                   std::pair<boost::archive::text_oarchive, boost::archive::text_iarchive>,
                   std::pair<boost::archive::xml_oarchive, boost::archive::xml_iarchive>)
{
    using Out = typename Archives::first_type;
    using In = typename Archives::second_type;
    CHECK(round_trip<Out, In>(nested) == nested);
    CHECK(round_trip<Out, In>(Nested{}) == Nested{});
    CHECK(round_trip<Out, In>(Nested{}, nested) == Nested{});
    AccumDict<char, long> letters;
    for (char letter : std::string("hello world")) ++letters[letter];
    CHECK(round_trip<Out, In>(letters) == letters);
}

TEST_CASE("a dictionary travels between ranks")
{
    starmap::detail::Bytes bytes;
    starmap::detail::encode(bytes, nested);
    starmap::detail::ByteReader reader(bytes.view());
    Nested copy{{"old", {{1, {2}}}}};
    starmap::detail::decode(reader, copy);
    CHECK(copy == nested);
    CHECK(reader.left() == 0);
}
