#pragma once

#include <starmap/detail/accumulate.hpp>

#include <boost/serialization/access.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/split_member.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <type_traits>
#include <utility>

namespace starmap {

/// An ordered map that adds: `a += b` adds to each value of a the value b has for that key. A key
/// missing on one side counts as zero there, so that the result has the keys of both sides:
/// `a - b` is -b, and `a * b` is 0, for a key that only b has.
///
/// Values that are AccumDicts themselves add key by key; std::vector, std::array and std::valarray
/// element by element, where an empty vector or valarray counts as zero of any size. Different
/// sizes throw UsageError with both sizes and the key; what was done before the error stays done.
/// Any other value needs + or += (strings concatenate), and for - and * the like.
///
///     starmap::AccumDict<std::string, double> losses{{"roof", 1.5}};
///     losses["wall"] += 2;
///     losses += {{"roof", 0.5}}; // roof: 2, wall: 2
///
/// A number goes to every value: `dict * 2`, `1 - dict`; there is nothing it could change in an
/// empty one. A fraction with whole numbers does not compile, for it would be cut off.
template <class K, class V>
class AccumDict {
    using Map = std::map<K, V>;

public:
    using key_type = K;
    using mapped_type = V;
    using value_type = typename Map::value_type;
    using size_type = typename Map::size_type;
    using difference_type = typename Map::difference_type;
    using reference = typename Map::reference;
    using const_reference = typename Map::const_reference;
    using iterator = typename Map::iterator;
    using const_iterator = typename Map::const_iterator;

    AccumDict() = default;
    /// Of two entries with the same key the first counts, as in std::map.
    AccumDict(std::initializer_list<value_type> entries) : map_(entries) {}
    /// A plain map becomes one that adds.
    AccumDict(Map entries) : map_(std::move(entries)) {}
    template <std::input_iterator It>
    AccumDict(It first, It last) : map_(first, last)
    {
    }

    iterator begin() noexcept { return map_.begin(); }
    iterator end() noexcept { return map_.end(); }
    const_iterator begin() const noexcept { return map_.begin(); }
    const_iterator end() const noexcept { return map_.end(); }
    const_iterator cbegin() const noexcept { return map_.begin(); }
    const_iterator cend() const noexcept { return map_.end(); }

    bool empty() const noexcept { return map_.empty(); }
    size_type size() const noexcept { return map_.size(); }
    /// The plain map within.
    Map const& map() const noexcept { return map_; }

    /// The value of a key, created as V{} (zero) if it was missing.
    V& operator[](K const& key) { return map_[key]; }
    V& operator[](K&& key) { return map_[std::move(key)]; }
    /// The value of a key. Throws std::out_of_range if it is missing.
    V& at(K const& key) { return map_.at(key); }
    V const& at(K const& key) const { return map_.at(key); }

    iterator find(K const& key) { return map_.find(key); }
    const_iterator find(K const& key) const { return map_.find(key); }
    bool contains(K const& key) const { return map_.contains(key); }
    size_type count(K const& key) const { return map_.count(key); }
    iterator lower_bound(K const& key) { return map_.lower_bound(key); }
    const_iterator lower_bound(K const& key) const { return map_.lower_bound(key); }

    /// As std::map: what is there already stays. To add to it use operator[] or +=.
    std::pair<iterator, bool> insert(value_type const& entry) { return map_.insert(entry); }
    std::pair<iterator, bool> insert(value_type&& entry) { return map_.insert(std::move(entry)); }
    template <class Key, class... Args>
    std::pair<iterator, bool> try_emplace(Key&& key, Args&&... args)
    {
        return map_.try_emplace(std::forward<Key>(key), std::forward<Args>(args)...);
    }
    template <class Key, class Value>
    std::pair<iterator, bool> insert_or_assign(Key&& key, Value&& value)
    {
        return map_.insert_or_assign(std::forward<Key>(key), std::forward<Value>(value));
    }
    size_type erase(K const& key) { return map_.erase(key); }
    iterator erase(const_iterator position) { return map_.erase(position); }
    iterator erase(iterator position) { return map_.erase(position); }
    void clear() noexcept { map_.clear(); }
    void swap(AccumDict& other) noexcept { map_.swap(other.map_); }
    friend void swap(AccumDict& a, AccumDict& b) noexcept { a.swap(b); }

    /// A new dictionary of f(value, args...).
    template <class F, class... Args>
    auto apply(F&& f, Args const&... args) const
    {
        std::map<K, std::remove_cvref_t<std::invoke_result_t<F&, V const&, Args const&...>>> result;
        for (auto const& [key, value] : map_)
            result.emplace_hint(result.end(), key, std::invoke(f, value, args...));
        return AccumDict<K, typename decltype(result)::mapped_type>(std::move(result));
    }

    friend bool operator==(AccumDict const& a, AccumDict const& b) { return a.map_ == b.map_; }

    /// Key by key, as told above. The argument may be the dictionary itself; of an rvalue the
    /// entries are taken over without a copy.
    AccumDict& operator+=(AccumDict const& other) { return combined<detail::Plus>(other); }
    AccumDict& operator+=(AccumDict&& other) { return combined<detail::Plus>(std::move(other)); }
    AccumDict& operator-=(AccumDict const& other) { return combined<detail::Minus>(other); }
    AccumDict& operator*=(AccumDict const& other) { return combined<detail::Times>(other); }

    /// The number with every value, down to the elements of nested ones.
    template <detail::ScalarFor<V> S>
    AccumDict& operator+=(S const& scalar)
    {
        return each([&scalar](auto& leaf) { detail::Plus::apply(leaf, scalar); });
    }
    template <detail::ScalarFor<V> S>
    AccumDict& operator-=(S const& scalar)
    {
        return each([&scalar](auto& leaf) { detail::Minus::apply(leaf, scalar); });
    }
    template <detail::ScalarFor<V> S>
    AccumDict& operator*=(S const& scalar)
    {
        return each([&scalar](auto& leaf) { detail::Times::apply(leaf, scalar); });
    }
    /// Whole numbers divide as in C++: 3 by 2 is 1.
    template <detail::ScalarFor<V> S>
    AccumDict& operator/=(S const& scalar)
    {
        return each([&scalar](auto& leaf) { detail::Over::apply(leaf, scalar); });
    }

    /// Taken by value: of an rvalue a nothing is copied.
    friend AccumDict operator+(AccumDict a, AccumDict const& b) { return std::move(a += b); }
    friend AccumDict operator+(AccumDict a, AccumDict&& b) { return std::move(a += std::move(b)); }
    friend AccumDict operator-(AccumDict a, AccumDict const& b) { return std::move(a -= b); }
    friend AccumDict operator*(AccumDict a, AccumDict const& b) { return std::move(a *= b); }
    friend AccumDict operator-(AccumDict a)
    {
        return std::move(a.each([](auto& leaf) { leaf = detail::negated(leaf); }));
    }

    template <detail::ScalarFor<V> S>
    friend AccumDict operator+(AccumDict a, S const& scalar)
    {
        return std::move(a += scalar);
    }
    template <detail::ScalarFor<V> S>
    friend AccumDict operator-(AccumDict a, S const& scalar)
    {
        return std::move(a -= scalar);
    }
    template <detail::ScalarFor<V> S>
    friend AccumDict operator*(AccumDict a, S const& scalar)
    {
        return std::move(a *= scalar);
    }
    template <detail::ScalarFor<V> S>
    friend AccumDict operator/(AccumDict a, S const& scalar)
    {
        return std::move(a /= scalar);
    }
    template <detail::ScalarFor<V> S>
    friend AccumDict operator+(S const& scalar, AccumDict a)
    {
        return std::move(a += scalar);
    }
    template <detail::ScalarFor<V> S>
    friend AccumDict operator-(S const& scalar, AccumDict a)
    {
        return std::move(
            a.each([&scalar](auto& leaf) { leaf = detail::difference(scalar, leaf); }));
    }
    template <detail::ScalarFor<V> S>
    friend AccumDict operator*(S const& scalar, AccumDict a)
    {
        return std::move(a *= scalar);
    }

private:
    template <class Op, class Value, class From>
    friend void detail::combine(Value&, From&&, detail::KeyPath const&);
    friend class boost::serialization::access;

    template <class F>
    AccumDict& each(F const& f)
    {
        detail::for_each_leaf(*this, f);
        return *this;
    }

    template <class Op, class Other>
    AccumDict& combined(Other&& other)
    {
        combine<Op>(std::forward<Other>(other), nullptr);
        return *this;
    }

    /// The first entry from `position` on whose key is not less than `key`.
    iterator seek(iterator position, K const& key, bool step_by_step)
    {
        if (!step_by_step) return map_.lower_bound(key);
        while (position != map_.end() && map_.key_comp()(position->first, key)) ++position;
        return position;
    }

    template <class Op>
    void combine(AccumDict&& other, detail::KeyPath const* outer)
    {
        if (this == &other) return combine<Op>(std::as_const(other), outer);
        if (map_.empty()) return map_.swap(other.map_);
        bool const dense = other.size() > size() / 8;
        auto position = map_.begin();
        while (!other.map_.empty()) {
            auto node = other.map_.extract(other.map_.begin());
            position = seek(position, node.key(), dense);
            if (position != map_.end() && !map_.key_comp()(node.key(), position->first))
                detail::combine<Op>(position->second, std::move(node.mapped()),
                                    {outer, &position->first, &detail::print_key<K>});
            else
                position = map_.insert(position, std::move(node));
        }
    }

    template <class Op>
    void combine(AccumDict const& other, detail::KeyPath const* outer)
    {
        bool const dense = other.size() > size() / 8;
        auto position = map_.begin();
        for (auto const& [key, value] : other.map_) {
            position = seek(position, key, dense);
            if (position == map_.end() || map_.key_comp()(key, position->first)) {
                if constexpr (!std::is_same_v<Op, detail::Minus>) {
                    position = map_.emplace_hint(position, key, value);
                    if constexpr (std::is_same_v<Op, detail::Times>)
                        detail::set_zero(position->second);
                    continue;
                }
                position = map_.emplace_hint(position, key, V{});
            }
            detail::combine<Op>(position->second, value,
                                {outer, &position->first, &detail::print_key<K>});
        }
        if constexpr (std::is_same_v<Op, detail::Times>)
            for (auto& [key, value] : map_)
                if (!other.contains(key)) detail::set_zero(value);
    }

    template <class Archive>
    void save(Archive& archive, unsigned) const
    {
        std::uint64_t const size = map_.size();
        archive << boost::serialization::make_nvp("size", size);
        for (auto const& [key, value] : map_) {
            archive << boost::serialization::make_nvp("key", key);
            archive << boost::serialization::make_nvp("value", value);
        }
    }

    template <class Archive>
    void load(Archive& archive, unsigned)
    {
        map_.clear();
        std::uint64_t size = 0;
        archive >> boost::serialization::make_nvp("size", size);
        for (; size > 0; --size) {
            K key{};
            archive >> boost::serialization::make_nvp("key", key);
            auto const entry = map_.emplace_hint(map_.end(), std::move(key), V{});
            archive.reset_object_address(&entry->first, &key);
            archive >> boost::serialization::make_nvp("value", entry->second);
        }
    }

    template <class Archive>
    void serialize(Archive& archive, unsigned version)
    {
        boost::serialization::split_member(archive, *this, version);
    }

    Map map_;
};

} // namespace starmap
