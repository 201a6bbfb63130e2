#include "curves_file.hpp"

#include <starmap/error.hpp>

#include <hdf5.h>

#include <cstddef>
#include <initializer_list>

namespace {

/// Owns an HDF5 identifier and closes it with the function that belongs to its kind. The one way
/// to get one: a call that fails throws.
class Handle {
public:
    using Close = herr_t (*)(hid_t);

    Handle(hid_t id, Close closes, std::string const& path) : id_(id), close_(closes)
    {
        if (id_ < 0) fail(path);
    }
    Handle(Handle const&) = delete;
    Handle& operator=(Handle const&) = delete;
    ~Handle()
    {
        if (id_ >= 0) close_(id_);
    }
    hid_t get() const noexcept { return id_; }
    /// Closes it now, as closing writes too.
    void close(std::string const& path)
    {
        auto const id = id_;
        id_ = H5I_INVALID_HID;
        if (close_(id) < 0) fail(path);
    }

    [[noreturn]] static void fail(std::string const& path)
    {
        throw starmap::IoError("cannot write \"" + path +
                               "\" (HDF5 has refused it): give another path, or make room");
    }

private:
    hid_t id_;
    Close close_;
};

/// Keeps HDF5 from printing its error stack; errors are exceptions.
class QuietErrors {
public:
    QuietErrors() noexcept
    {
        H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    QuietErrors(QuietErrors const&) = delete;
    QuietErrors& operator=(QuietErrors const&) = delete;
    ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

private:
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
};

void check(herr_t status, std::string const& path)
{
    if (status < 0) Handle::fail(path);
}

void add_years(Handle const& dataset, double years, std::string const& path)
{
    Handle const space(H5Screate(H5S_SCALAR), H5Sclose, path);
    Handle const attribute(
        H5Acreate2(dataset.get(), "years", H5T_IEEE_F64LE, space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, path);
    check(H5Awrite(attribute.get(), H5T_NATIVE_DOUBLE, &years), path);
}

/// Writes a dataset of numbers; one that has `years` gets them as an attribute.
void add(Handle const& file, char const* name, std::vector<double> const& values,
         std::initializer_list<hsize_t> shape, std::string const& path,
         double const* years = nullptr)
{
    Handle const space(H5Screate_simple(static_cast<int>(shape.size()), shape.begin(), nullptr),
                       H5Sclose, path);
    Handle const dataset(H5Dcreate2(file.get(), name, H5T_IEEE_F64LE, space.get(), H5P_DEFAULT,
                                    H5P_DEFAULT, H5P_DEFAULT),
                         H5Dclose, path);
    check(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          path);
    if (years != nullptr) add_years(dataset, *years, path);
}

} // namespace

void write_hdf5(FileInProgress& file, HazardCurves const& curves)
{
    QuietErrors const quiet;
    auto const& path = file.part();
    std::vector<double> lon;
    std::vector<double> lat;
    for (auto const& site : curves.sites) {
        lon.push_back(site.lon);
        lat.push_back(site.lat);
    }
    Handle h5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, path);
    add(h5, "lon", lon, {lon.size()}, path);
    add(h5, "lat", lat, {lat.size()}, path);
    add(h5, "levels", curves.levels, {curves.levels.size()}, path);
    add(h5, "poe", curves.probabilities, {lon.size(), curves.levels.size()}, path, &curves.years);
    h5.close(path);
    file.finish();
}
