#include "report/hdf5_dataset.hpp"

namespace starmap::report::hdf5 {

namespace {

Handle space_of(Handle const& dataset, std::string const& path)
{
    return checked(H5Dget_space(dataset.get()), H5Sclose, reading, path);
}

} // namespace

Dataset::Dataset(Handle dataset, Handle memory_type, std::string path)
    : dataset_(std::move(dataset)),
      memory_type_(std::move(memory_type)),
      path_(std::move(path))
{
    hsize_t size = 0;
    auto const space = space_of(dataset_, path_);
    checked(H5Sget_simple_extent_dims(space.get(), &size, nullptr), reading, path_);
    size_ = size;
}

Handle Dataset::select(Handle const& space, std::uint64_t first, std::uint64_t count) const
{
    hsize_t const start = first;
    hsize_t const length = count;
    checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &start, nullptr, &length, nullptr),
            reading, path_);
    return checked(H5Screate_simple(1, &length, nullptr), H5Sclose, reading, path_);
}

void Dataset::write(std::uint64_t first, std::uint64_t count, void const* rows)
{
    auto const space = space_of(dataset_, path_);
    auto const memory = select(space, first, count);
    checked(
        H5Dwrite(dataset_.get(), memory_type_.get(), memory.get(), space.get(), H5P_DEFAULT, rows),
        writing, path_);
}

void Dataset::append(void const* rows, std::uint64_t count)
{
    if (count == 0) return;
    hsize_t const size = size_ + count;
    checked(H5Dset_extent(dataset_.get(), &size), writing, path_);
    write(size_, count, rows);
    size_ = size;
}

void Dataset::replace(std::uint64_t index, void const* row) { write(index, 1, row); }

void Dataset::read(std::uint64_t first, std::uint64_t count, void* rows) const
{
    if (count == 0) return;
    auto const space = space_of(dataset_, path_);
    auto const memory = select(space, first, count);
    checked(
        H5Dread(dataset_.get(), memory_type_.get(), memory.get(), space.get(), H5P_DEFAULT, rows),
        reading, path_);
}

} // namespace starmap::report::hdf5
