#pragma once

#include <boost/serialization/level.hpp>
#include <boost/serialization/level_enum.hpp>
#include <boost/serialization/serialization.hpp>

#include <type_traits>

namespace starmap::detail {

/// A stand-in archive to ask whether a type brings a serialize() of its own.
struct ProbeArchive {
    template <class T>
    ProbeArchive& operator&(T&&);
    template <class T>
    ProbeArchive& operator<<(T&&);
    template <class T>
    ProbeArchive& operator>>(T&&);
};

template <class T>
concept HasSerializeMember = requires(T& value, ProbeArchive& archive)
{
    value.serialize(archive, 0U);
};

namespace ask {

struct NamesSerialize {
    int serialize;
};
template <class T>
struct WithBoth : T, NamesSerialize {
};

/// As general as Boost's own default, so that a call is ambiguous unless there is a better one.
template <class Archive, class T>
void serialize(Archive& archive, T& value, unsigned const version);

} // namespace ask

/// True if the class has a member serialize, one that is private and open to Boost alone included:
/// else the name would be found once only.
template <class T>
inline constexpr bool names_serialize = HasSerializeMember<T>;
template <class T>
requires(std::is_class_v<T> && !std::is_final_v<T>) //
    inline constexpr bool names_serialize<T> = !requires
{
    &ask::WithBoth<T>::serialize;
};

namespace ask {

/// True if there is a free function serialize() for the type where Boost looks for one.
template <class T>
concept HasSerializeFunction = requires(ProbeArchive& archive, T& value,
                                        boost::serialization::version_type version)
{
    serialize(archive, value, version);
};

} // namespace ask

/// True if the class says how it travels: by a member, a free function, or a trait of Boost's.
template <class T>
inline constexpr bool is_serializable =
    names_serialize<T> || ask::HasSerializeFunction<T> ||
    boost::serialization::implementation_level<T>::value == boost::serialization::primitive_type;

} // namespace starmap::detail
