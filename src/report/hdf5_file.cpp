#include "report/hdf5_file.hpp"

#include "report/hdf5_types.hpp"

#include <starmap/error.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace starmap::report::hdf5 {

namespace {

/// A live reader that meets a half-written piece tries again, and HDF5 doubles the pause each time
/// from 1 ns on: these make 30 ms, its own default of 100 would wait for ever on a damaged file.
constexpr unsigned read_attempts = 25;

Handle properties(hid_t kind, std::string const& path)
{
    return checked(H5Pcreate(kind), H5Pclose, opening, path);
}

/// Locks are asked for but not insisted on: many cluster file systems know none.
Handle file_access(std::string const& path)
{
    auto access = properties(H5P_FILE_ACCESS, path);
    checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), opening, path);
#if H5_VERSION_GE(1, 10, 7)
    checked(H5Pset_file_locking(access.get(), 1, 1), opening, path);
#endif
    return access;
}

/// Texts of a record are short; a file may say anything.
constexpr std::size_t longest_text = std::size_t{1} << 20;
/// Rows take some bytes in the file, packed or not (deflate packs 1032 to one at most); room for
/// those that were announced and not yet written when a run was killed.
constexpr std::uint64_t most_packed = 1100;
constexpr std::uint64_t most_announced = std::uint64_t{64} << 20;

Handle scalar(std::string const& path)
{
    return checked(H5Screate(H5S_SCALAR), H5Sclose, writing, path);
}

bool is_compressed(Handle const& dataset)
{
    Handle const layout(H5Dget_create_plist(dataset.get()), H5Pclose);
    return layout && H5Pget_nfilters(layout.get()) > 0;
}

} // namespace

File File::create(std::string const& path)
{
    auto const access = file_access(path);
    auto const creation = properties(H5P_FILE_CREATE, path);
    // All attributes lie in the root's header, where overwriting one is a single small write.
    checked(H5Pset_attr_phase_change(creation.get(), 32, 0), creating, path);
    return {checked(H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.get(), access.get()), H5Fclose,
                    creating, path),
            path};
}

File File::open(std::string const& path, Access access)
{
    auto const properties_of_access = file_access(path);
    unsigned flags = H5F_ACC_RDONLY;
    if (access == Access::live) {
        flags |= H5F_ACC_SWMR_READ;
        checked(H5Pset_metadata_read_attempts(properties_of_access.get(), read_attempts), opening,
                path);
    }
    return {
        checked(H5Fopen(path.c_str(), flags, properties_of_access.get()), H5Fclose, opening, path),
        path, access};
}

void File::add_text(char const* name, std::string const& value)
{
    auto const type = text_type(std::max<std::size_t>(value.size(), 1));
    auto const attribute = checked(
        H5Acreate2(file_.get(), name, type.get(), scalar(path_).get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, writing, path_);
    checked(H5Awrite(attribute.get(), type.get(), value.c_str()), writing, path_);
}

void File::add_number(char const* name, Kind kind, std::uint64_t value)
{
    auto const attribute =
        checked(H5Acreate2(file_.get(), name, number_type(kind, Place::file).get(),
                           scalar(path_).get(), H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, writing, path_);
    checked(H5Awrite(attribute.get(), H5T_NATIVE_UINT64, &value), writing, path_);
}

void File::set_number(char const* name, std::uint64_t value)
{
    auto const attribute =
        checked(H5Aopen(file_.get(), name, H5P_DEFAULT), H5Aclose, writing, path_);
    checked(H5Awrite(attribute.get(), H5T_NATIVE_UINT64, &value), writing, path_);
}

Handle File::attribute(char const* name) const
{
    auto attribute = checked(H5Aopen(file_.get(), name, H5P_DEFAULT), H5Aclose, reading, path_);
    auto const space = checked(H5Aget_space(attribute.get()), H5Sclose, reading, path_);
    if (H5Sget_simple_extent_npoints(space.get()) != 1)
        throw IoError(fmt::format("Cannot read {} (its {} is no single value)", path_, name));
    return attribute;
}

bool File::has_attribute(char const* name) const
{
    return checked(H5Aexists(file_.get(), name), reading, path_) > 0;
}

std::string File::text(char const* name) const
{
    auto const attribute = this->attribute(name);
    auto const type = checked(H5Aget_type(attribute.get()), H5Tclose, reading, path_);
    bool const fixed =
        H5Tget_class(type.get()) == H5T_STRING && H5Tis_variable_str(type.get()) == 0;
    if (!fixed || H5Tget_size(type.get()) > longest_text)
        throw IoError(fmt::format("Cannot read {} (its {} is no text)", path_, name));
    std::string value(H5Tget_size(type.get()), '\0');
    checked(H5Aread(attribute.get(), type.get(), value.data()), reading, path_);
    value.resize(value.find_last_not_of('\0') + 1);
    return value;
}

std::uint64_t File::number(char const* name) const
{
    auto const attribute = this->attribute(name);
    std::uint64_t value = 0;
    checked(H5Aread(attribute.get(), H5T_NATIVE_UINT64, &value), reading, path_);
    return value;
}

Dataset File::add_dataset(Table const& table)
{
    hsize_t const none = 0;
    hsize_t const unlimited = H5S_UNLIMITED;
    hsize_t const chunk = table.rows_per_chunk;
    auto const space = checked(H5Screate_simple(1, &none, &unlimited), H5Sclose, creating, path_);
    auto const layout = properties(H5P_DATASET_CREATE, path_);
    checked(H5Pset_chunk(layout.get(), 1, &chunk), creating, path_);
    return {checked(H5Dcreate2(file_.get(), table.name, row_type(table, Place::file).get(),
                               space.get(), H5P_DEFAULT, layout.get(), H5P_DEFAULT),
                    H5Dclose, creating, path_),
            row_type(table, Place::memory), path_};
}

bool File::has_dataset(char const* name) const
{
    if (checked(H5Lexists(file_.get(), name, H5P_DEFAULT), reading, path_) == 0) return false;
    Handle const object(H5Oopen(file_.get(), name, H5P_DEFAULT), H5Oclose);
    return object && H5Iget_type(object.get()) == H5I_DATASET;
}

Dataset File::dataset(Table const& table) const
{
    auto dataset =
        checked(H5Dopen2(file_.get(), table.name, H5P_DEFAULT), H5Dclose, reading, path_);
    auto const type = checked(H5Dget_type(dataset.get()), H5Tclose, reading, path_);
    auto const space = checked(H5Dget_space(dataset.get()), H5Sclose, reading, path_);
    bool const compressed = is_compressed(dataset);
    auto const refuse = [&](std::string const& why) {
        throw IoError(fmt::format("Cannot read {} ({})", path_, why));
    };
    if (H5Sget_simple_extent_ndims(space.get()) != 1)
        refuse(fmt::format("its {} is no table", table.name));
    if (auto const why = why_unreadable(table, type); !why.empty()) refuse(why);
    Dataset found(std::move(dataset), common_row_type(table, type), path_);
    // A damaged number of rows would be read for ever.
    hsize_t bytes = 0;
    checked(H5Fget_filesize(file_.get(), &bytes), reading, path_);
    auto const most = bytes / std::max<std::size_t>(H5Tget_size(type.get()), 1);
    if (found.size() > most && !compressed) {
        if (access_ == Access::plain)
            refuse(fmt::format("its {} is damaged: the file has no room for its {} rows",
                               table.name, found.size()));
        found.cut(most); // a kill has come before they were written
    }
    if (found.size() > (bytes * most_packed + most_announced) / table.row_size)
        refuse(fmt::format("its {} claims {} rows in a file of {} bytes", table.name, found.size(),
                           bytes));
    return found;
}

void File::start_live_writing() { checked(H5Fstart_swmr_write(file_.get()), writing, path_); }

void File::flush() { checked(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), writing, path_); }

void File::close()
{
    if (file_) checked(H5Fclose(file_.release()), "close", path_);
}

void File::divert() noexcept
{
    void* descriptor = nullptr;
    if (!file_ || H5Fget_vfd_handle(file_.get(), H5P_DEFAULT, &descriptor) < 0) return;
    int const memory = ::memfd_create("starmap", MFD_CLOEXEC);
    if (memory < 0) return;
    // HDF5 keeps its number of the descriptor; behind it lies memory now.
    ::dup3(memory, *static_cast<int*>(descriptor), O_CLOEXEC);
    ::close(memory);
}

} // namespace starmap::report::hdf5
