#pragma once

#include <starmap/detail/arrivals.hpp>
#include <starmap/detail/grown_items.hpp>
#include <starmap/detail/job.hpp>
#include <starmap/detail/kernel.hpp>
#include <starmap/detail/layout.hpp>
#include <starmap/detail/registry.hpp>
#include <starmap/detail/sink.hpp>
#include <starmap/detail/source.hpp>
#include <starmap/options.hpp>
#include <starmap/task.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace starmap::detail {

/// A job whose results are R, with a place to put them.
template <class R>
class JobOf : public Job {
public:
    JobSpec const& spec() const override { return spec_; }
    Backlog backlog() const override { return sink_ ? sink_->backlog() : Backlog{}; }

    /// Must be called before the engine opens the job. A combiner lets the workers of a map
    /// combine.
    void send_to(Sink<R>& sink, std::optional<std::uint32_t> combiner = std::nullopt)
    {
        sink_ = &sink;
        spec_.mode = ResultMode::values;
        if (combiner && combines_in_chunks()) {
            spec_.mode = ResultMode::combined;
            spec_.combiner = combiner;
        }
    }
    void discard_results() { spec_.mode = ResultMode::discard; }
    /// True if chunks give one value each and their bounds depend on the run.
    bool chunks_vary() const { return chunks_vary_; }
    Order order() const { return order_; }

protected:
    virtual bool combines_in_chunks() const = 0;

    JobSpec spec_;
    Sink<R>* sink_ = nullptr;
    Order order_ = Order::canonical;
    bool chunks_vary_ = false;
};

template <>
class JobOf<void> : public Job {
public:
    JobSpec const& spec() const override { return spec_; }
    Backlog backlog() const override { return {}; }
    void discard_results() { spec_.mode = ResultMode::discard; }

protected:
    virtual bool combines_in_chunks() const = 0;

    JobSpec spec_;
    bool chunks_vary_ = false;
    Order order_ = Order::canonical;
};

/// Which of the three ways to make tasks.
enum class Form : std::uint8_t { starmap, apply, map };

template <class Item>
struct ArgumentsOf {
    using type = OneArgument<Item>;
};
template <class... T>
struct ArgumentsOf<std::tuple<T...>> {
    using type = ArgumentTuple<T...>;
};

/// Whether, and with which result, F can be called as a task of this form.
template <Form form, class F, class Item, class... S>
struct TaskCall : CallWith<F, std::conditional_t<form == Form::apply, std::span<Item const>, Item>,
                           S const&...> {
};
template <class F, class... T>
struct TaskCall<Form::starmap, F, std::tuple<T...>> : CallWith<F, T...> {
};

template <Form form, class F, class Item, class... S>
using KernelFor =
    std::conditional_t<form == Form::map, MapKernel<F, Item, S...>,
                       CallKernel<F,
                                  std::conditional_t<form == Form::apply, ItemBlock<Item>,
                                                     typename ArgumentsOf<Item>::type>,
                                  S...>>;

/// The job of one Starmap: reads items, places them in canonical order, packs them for the workers,
/// and unpacks what comes back.
template <Form form, class R, class F, class Source, class... S>
class TaskJob final : public JobOf<R> {
    using Item = typename Source::Item;
    using JobOf<R>::spec_;

public:
    /// Throws UsageError for max_weight <= 0 or concurrent_tasks == 0.
    TaskJob(F function, Source source, std::tuple<S...> shared, Options<Item> options,
            Settings const& settings);

    Source& source() noexcept { return source_; }

    std::optional<Window> pull() override;
    int wait_fd() override;
    std::vector<ArgumentBytes> encode_state(Bytes& out) override;
    std::uint32_t encode_units(std::uint64_t first, std::uint32_t count, Bytes& out) override;
    UnitHead head_of(std::uint64_t position) const override;
    std::uint32_t cores_of(std::uint64_t first, std::uint32_t count) override;
    void absorb_ahead(std::uint64_t chunk, std::uint64_t total,
                      std::span<std::byte const> bytes) override;
    void drop_ahead(std::uint64_t chunk) override;
    std::vector<UnitFailure> absorb(Piece const& piece) override;
    std::optional<Window> take_grown() override;
    Backlog backlog() const override;
    unsigned retries_of(std::uint64_t position) override;
    std::string name_of(std::uint64_t position) override;
    void give_up(std::uint64_t first, std::uint32_t count) override;
    void release(std::uint64_t first, std::uint32_t count) override;
    bool has_content() const override { return !emits<F> && !this->chunks_vary_; }
    std::string result_type() const override { return demangle(typeid(R).name()); }
    void encode_content(std::uint64_t position, Bytes& out) override;
    bool restore(std::uint64_t first, std::uint64_t count,
                 std::span<std::byte const> value) override;

protected:
    bool combines_in_chunks() const override { return form == Form::map || emits<F>; }

private:
    template <class Visit>
    void with_item(std::uint64_t index, Visit&& visit);
    /// What an item is called, wherever it comes from: its index in the input, or what follows from
    /// who has submitted it.
    std::uint64_t number_of(std::uint64_t index) const;
    ItemFigures read_figures(std::uint64_t first, std::uint64_t count);
    /// The window, with the names of groups that are new in it.
    Window name_groups(Window window);
    /// The window, with what each of its positions, the next ones, takes.
    Window read_cores(Window window);
    void release_item(std::uint64_t index);
    Address address_of(std::uint64_t position) const;
    template <class Lost>
    void absorb_emitted(Piece const& piece, Lost lost);
    void hand_on(Ended const& ended, std::uint64_t position, std::vector<NonVoid<R>> values,
                 std::uint64_t bytes);
    void encode_block(std::uint64_t first, std::uint64_t count, Bytes& out);
    void encode_fixed_block(std::uint64_t position, Bytes& out);
    void encode_call(std::uint64_t position, Bytes& out);
    template <class IndexAt>
    void encode_items(std::uint64_t count, bool side_by_side, IndexAt index_at, Bytes& out);
    void keep(std::uint64_t first, std::uint64_t count, NonVoid<R> const& value);
    void count_sent(std::size_t argument, std::uint64_t bytes);
    std::uint64_t order_of(std::uint64_t position) const;
    template <class Take>
    void each_present(Piece const& piece, Take take);

    F function_;
    Source source_;
    std::tuple<S...> shared_;
    Options<Item> options_;
    std::optional<BlockRule> rule_; ///< fixed blocks were asked for
    bool looks_;                    ///< items are looked at before they are sent
    ItemLayout items_;
    BlockLayout blocks_; ///< apply with fixed blocks
    std::uint64_t read_ = 0;
    std::size_t groups_named_ = 0;
    std::uint64_t cores_read_ = 0; ///< positions
    /// What travels in one piece: the result of a call, or all those of a map chunk.
    using Batch = std::conditional_t<std::is_void_v<R> || form == Form::map,
                                     std::vector<NonVoid<R>>, NonVoid<R>>;
    Arrivals<Batch> arrivals_;
    std::conditional_t<emits<F>, GrownItems<Item>, std::monostate> grown_;
};

} // namespace starmap::detail

#include <starmap/detail/task_job_content.hpp>
#include <starmap/detail/task_job_growth.hpp>
#include <starmap/detail/task_job_input.hpp>
#include <starmap/detail/task_job_pack.hpp>
#include <starmap/detail/task_job_results.hpp>
