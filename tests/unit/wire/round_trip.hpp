#pragma once

#include <starmap/serialization.hpp>

#include <doctest/doctest.h>

/// The value after a journey into `into`, which may hold something already; nothing may be left
/// over, and something else that travels behind it must arrive whole.
template <class T>
T round_trip(T const& value, T into = T())
{
    starmap::detail::Bytes bytes;
    starmap::detail::encode(bytes, value);
    starmap::detail::encode(bytes, 0x5eed);
    starmap::detail::ByteReader reader(bytes.view());
    starmap::detail::decode(reader, into);
    int behind = 0;
    starmap::detail::decode(reader, behind);
    CHECK(behind == 0x5eed);
    CHECK(reader.left() == 0);
    return into;
}
