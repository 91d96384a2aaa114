// What every file of the shim needs: the types that cross the border, and the one place where C++ exceptions end.
//
// A tensor crosses as a pointer to a heap-allocated at::Tensor that the caller frees with reflux_dispose. A null pointer, or a status
// below zero, means that reflux_last_error() of the same thread holds the message.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#define REFLUX_EXPORT extern "C" __attribute__((visibility("default")))

namespace reflux {

using Handle = at::Tensor*;

// libtorch had an optional of its own before it became another name of the standard one
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
template <typename T>
using Maybe = std::optional<T>;
#else
template <typename T>
using Maybe = c10::optional<T>;
#endif

// mirrors Interop/NativeScalar.cs
struct Scalar {
    std::int64_t bits;
    std::int32_t kind;

    bool present() const { return kind != 3; }

    at::Scalar value() const {
        if (kind == 1) {
            double floating;
            std::memcpy(&floating, &bits, sizeof floating);
            return at::Scalar(floating);
        }

        return kind == 2 ? at::Scalar(bits != 0) : at::Scalar(bits);
    }

    Maybe<at::Scalar> optional() const {
        return present() ? Maybe<at::Scalar>(value()) : Maybe<at::Scalar>();
    }
};

static_assert(sizeof(Scalar) == 16, "the managed side passes 16 bytes");

struct TensorList {
    std::vector<at::Tensor> tensors;
};

// keeps the message of the exception that is being handled
void remember_error() noexcept;

template <typename Work>
auto guarded(Work&& work, decltype(work()) failure) noexcept -> decltype(work()) {
    try {
        return work();
    } catch (...) {
        remember_error();
        return failure;
    }
}

template <typename Work>
Handle produce(Work&& work) noexcept {
    return guarded([&]() -> Handle { return new at::Tensor(work()); }, nullptr);
}

template <typename Work>
int change(Work&& work) noexcept {
    return guarded([&] { work(); return 0; }, -1);
}

template <typename Work>
TensorList* produce_list(Work&& work) noexcept {
    return guarded([&]() -> TensorList* { return new TensorList{work()}; }, nullptr);
}

// two results: the second through an out parameter, which is set only on success
template <typename Work>
Handle produce_pair(Handle* second, Work&& work) noexcept {
    return guarded(
        [&]() -> Handle {
            auto results = work();
            auto first = std::make_unique<at::Tensor>(std::get<0>(results));
            *second = new at::Tensor(std::get<1>(results));
            return first.release();
        },
        nullptr);
}

inline at::IntArrayRef sizes_of(const std::int64_t* sizes, int count) {
    return at::IntArrayRef(sizes, static_cast<std::size_t>(count));
}

inline at::Tensor or_undefined(Handle tensor) { return tensor == nullptr ? at::Tensor() : *tensor; }

inline Maybe<at::Tensor> or_none(Handle tensor) {
    return tensor == nullptr ? Maybe<at::Tensor>() : Maybe<at::Tensor>(*tensor);
}

inline Maybe<at::ScalarType> type_or_none(int dtype) {
    return dtype < 0 ? Maybe<at::ScalarType>() : Maybe<at::ScalarType>(static_cast<at::ScalarType>(dtype));
}

inline at::Device device_of(int type, int index) {
    return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

inline at::TensorOptions options_of(int dtype, int device_type, int device_index) {
    return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(device_of(device_type, device_index));
}

inline Maybe<at::Generator> generator_of(at::Generator* generator) {
    return generator == nullptr ? Maybe<at::Generator>() : Maybe<at::Generator>(*generator);
}

inline std::vector<at::Tensor> tensors_of(const Handle* handles, int count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        tensors.push_back(or_undefined(handles[i]));
    }

    return tensors;
}

}  // namespace reflux
