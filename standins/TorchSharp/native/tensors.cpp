// What a tensor is, where it comes from, and other views and selections of it.
#include "reflux_torch.h"

using namespace reflux;

// ---- properties

REFLUX_EXPORT void reflux_dispose(Handle x) { delete x; }

REFLUX_EXPORT int reflux_dtype(Handle x) { return static_cast<int>(x->scalar_type()); }

REFLUX_EXPORT int reflux_device_type(Handle x) {
    return guarded([&] { return static_cast<int>(x->device().type()); }, -1);
}

REFLUX_EXPORT int reflux_device_index(Handle x) { return x->is_cpu() ? -1 : static_cast<int>(x->device().index()); }

REFLUX_EXPORT int reflux_is_contiguous(Handle x) { return x->is_contiguous(); }

REFLUX_EXPORT int reflux_requires_grad(Handle x) { return x->requires_grad(); }

REFLUX_EXPORT int reflux_is_leaf(Handle x) {
    return guarded([&] { return static_cast<int>(x->is_leaf()); }, -1);
}

REFLUX_EXPORT int reflux_retain_grad(Handle x) {
    return change([&] { x->retain_grad(); });
}

REFLUX_EXPORT std::int64_t reflux_ndim(Handle x) { return x->dim(); }

REFLUX_EXPORT std::int64_t reflux_numel(Handle x) { return x->numel(); }

REFLUX_EXPORT std::int64_t reflux_element_size(Handle x) { return static_cast<std::int64_t>(x->element_size()); }

REFLUX_EXPORT std::int64_t reflux_size(Handle x, std::int64_t dim) {
    return guarded([&] { return x->size(dim); }, std::int64_t{-1});
}

REFLUX_EXPORT int reflux_sizes(Handle x, std::int64_t* into) {
    return change([&] { auto all = x->sizes(); std::copy(all.begin(), all.end(), into); });
}

REFLUX_EXPORT int reflux_strides(Handle x, std::int64_t* into) {
    return change([&] { auto all = x->strides(); std::copy(all.begin(), all.end(), into); });
}

REFLUX_EXPORT int reflux_item(Handle x, Scalar* into) {
    return change([&] {
        at::Scalar value = x->item();
        if (value.isBoolean()) {
            *into = Scalar{value.toBool(), 2};
        } else if (value.isIntegral(false)) {
            *into = Scalar{value.toLong(), 0};
        } else {
            double floating = value.toDouble();
            into->kind = 1;
            std::memcpy(&into->bits, &floating, sizeof floating);
        }
    });
}

REFLUX_EXPORT void* reflux_data(Handle x) {
    return guarded([&]() -> void* { return x->data_ptr(); }, nullptr);
}

REFLUX_EXPORT int reflux_set_requires_grad(Handle x, bool value) {
    return change([&] { x->requires_grad_(value); });
}

REFLUX_EXPORT int reflux_grad(Handle x, Handle* into) {
    return change([&] { const at::Tensor& gradient = x->grad(); *into = gradient.defined() ? new at::Tensor(gradient) : nullptr; });
}

REFLUX_EXPORT int reflux_set_grad(Handle x, Handle gradient) {
    return change([&] { x->mutable_grad() = or_undefined(gradient); });
}

// ---- factories

namespace {

template <typename Work>
Handle fresh(bool requires_grad, Work&& work) noexcept {
    return produce([&] { return work().set_requires_grad(requires_grad); });
}

}  // namespace

REFLUX_EXPORT Handle reflux_full(
    const std::int64_t* sizes, int count, Scalar value, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] { return at::full(sizes_of(sizes, count), value.value(), options_of(dtype, device_type, device_index)); });
}

REFLUX_EXPORT Handle reflux_empty(const std::int64_t* sizes, int count, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] { return at::empty(sizes_of(sizes, count), options_of(dtype, device_type, device_index)); });
}

// an absent value leaves the memory as it comes
REFLUX_EXPORT Handle reflux_full_like(Handle x, Scalar value, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] {
        at::TensorOptions options = at::TensorOptions()
            .dtype(dtype < 0 ? x->scalar_type() : static_cast<at::ScalarType>(dtype))
            .device(device_type < 0 ? x->device() : device_of(device_type, device_index));
        return value.present() ? at::full_like(*x, value.value(), options) : at::empty_like(*x, options);
    });
}

REFLUX_EXPORT Handle reflux_from_data(
    void* data, const std::int64_t* sizes, int count, int source_type, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] {
        return at::from_blob(data, sizes_of(sizes, count), at::TensorOptions().dtype(static_cast<at::ScalarType>(source_type)))
            .to(device_of(device_type, device_index), static_cast<at::ScalarType>(dtype), /*non_blocking=*/false, /*copy=*/true);
    });
}

REFLUX_EXPORT Handle reflux_arange(
    Scalar start, Scalar stop, Scalar step, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] {
        return at::arange(start.value(), stop.value(), step.value(), options_of(dtype, device_type, device_index));
    });
}

REFLUX_EXPORT Handle reflux_linspace(
    double start, double stop, std::int64_t steps, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] { return at::linspace(start, stop, steps, options_of(dtype, device_type, device_index)); });
}

REFLUX_EXPORT Handle reflux_eye(
    std::int64_t rows, std::int64_t columns, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] { return at::eye(rows, columns, options_of(dtype, device_type, device_index)); });
}

REFLUX_EXPORT Handle reflux_rand(
    const std::int64_t* sizes, int count, at::Generator* generator, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] {
        return at::rand(sizes_of(sizes, count), generator_of(generator), options_of(dtype, device_type, device_index));
    });
}

REFLUX_EXPORT Handle reflux_randn(
    const std::int64_t* sizes, int count, at::Generator* generator, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] {
        return at::randn(sizes_of(sizes, count), generator_of(generator), options_of(dtype, device_type, device_index));
    });
}

REFLUX_EXPORT Handle reflux_randint(
    std::int64_t low, std::int64_t high, const std::int64_t* sizes, int count, at::Generator* generator, int dtype, int device_type,
    int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] {
        return at::randint(low, high, sizes_of(sizes, count), generator_of(generator), options_of(dtype, device_type, device_index));
    });
}

REFLUX_EXPORT Handle reflux_randperm(
    std::int64_t n, at::Generator* generator, int dtype, int device_type, int device_index, bool requires_grad) {
    return fresh(requires_grad, [&] { return at::randperm(n, generator_of(generator), options_of(dtype, device_type, device_index)); });
}

REFLUX_EXPORT Handle reflux_bernoulli(Handle x, at::Generator* generator) {
    return produce([&] { return at::bernoulli(*x, generator_of(generator)); });
}

REFLUX_EXPORT Handle reflux_multinomial(Handle x, std::int64_t samples, bool replacement, at::Generator* generator) {
    return produce([&] { return at::multinomial(*x, samples, replacement, generator_of(generator)); });
}

REFLUX_EXPORT int reflux_normal_(Handle x, double mean, double deviation, at::Generator* generator) {
    return change([&] { x->normal_(mean, deviation, generator_of(generator)); });
}

REFLUX_EXPORT int reflux_uniform_(Handle x, double from, double to, at::Generator* generator) {
    return change([&] { x->uniform_(from, to, generator_of(generator)); });
}

REFLUX_EXPORT int reflux_bernoulli_(Handle x, double p, at::Generator* generator) {
    return change([&] { x->bernoulli_(p, generator_of(generator)); });
}

// ---- other views, copies and types

#define REFLUX_METHOD(name) \
    REFLUX_EXPORT Handle reflux_##name(Handle x) { return produce([&] { return x->name(); }); }

REFLUX_METHOD(clone)
REFLUX_METHOD(detach)
REFLUX_METHOD(contiguous)
REFLUX_METHOD(numpy_T)
REFLUX_METHOD(t)
REFLUX_METHOD(squeeze)
REFLUX_METHOD(nonzero)

REFLUX_EXPORT Handle reflux_alias(Handle x) {
    return produce([&] { return *x; });
}

REFLUX_EXPORT int reflux_detach_(Handle x) {
    return change([&] { x->detach_(); });
}

REFLUX_EXPORT Handle reflux_to(Handle x, int dtype, int device_type, int device_index, bool copy, bool non_blocking) {
    return produce([&] {
        return x->to(
            device_type < 0 ? x->device() : device_of(device_type, device_index),
            dtype < 0 ? x->scalar_type() : static_cast<at::ScalarType>(dtype), non_blocking, copy);
    });
}

#define REFLUX_SIZES_METHOD(name) \
    REFLUX_EXPORT Handle reflux_##name(Handle x, const std::int64_t* sizes, int count) { \
        return produce([&] { return x->name(sizes_of(sizes, count)); }); \
    }

REFLUX_SIZES_METHOD(view)
REFLUX_SIZES_METHOD(reshape)
REFLUX_SIZES_METHOD(expand)
REFLUX_SIZES_METHOD(repeat)
REFLUX_SIZES_METHOD(permute)
REFLUX_SIZES_METHOD(flip)

REFLUX_EXPORT Handle reflux_roll(Handle x, const std::int64_t* shifts, int shift_count, const std::int64_t* dims, int dim_count) {
    return produce([&] { return x->roll(sizes_of(shifts, shift_count), sizes_of(dims, dim_count)); });
}

REFLUX_EXPORT Handle reflux_transpose(Handle x, std::int64_t dim0, std::int64_t dim1) {
    return produce([&] { return x->transpose(dim0, dim1); });
}

REFLUX_EXPORT Handle reflux_unsqueeze(Handle x, std::int64_t dim) {
    return produce([&] { return x->unsqueeze(dim); });
}

REFLUX_EXPORT Handle reflux_squeeze_dim(Handle x, std::int64_t dim) {
    return produce([&] { return x->squeeze(dim); });
}

REFLUX_EXPORT Handle reflux_flatten(Handle x, std::int64_t start, std::int64_t end) {
    return produce([&] { return x->flatten(start, end); });
}

REFLUX_EXPORT Handle reflux_repeat_interleave(Handle x, std::int64_t repeats, bool has_dim, std::int64_t dim) {
    return produce([&] { return has_dim ? x->repeat_interleave(repeats, dim) : x->repeat_interleave(repeats); });
}

REFLUX_EXPORT Handle reflux_repeat_interleave_tensor(Handle x, Handle repeats, bool has_dim, std::int64_t dim) {
    return produce([&] { return has_dim ? x->repeat_interleave(*repeats, dim) : x->repeat_interleave(*repeats); });
}

// ---- selections

REFLUX_EXPORT Handle reflux_narrow(Handle x, std::int64_t dim, std::int64_t start, std::int64_t length) {
    return produce([&] { return x->narrow(dim, start, length); });
}

REFLUX_EXPORT Handle reflux_slice(Handle x, std::int64_t dim, std::int64_t start, std::int64_t end, std::int64_t step) {
    return produce([&] { return x->slice(dim, start, end, step); });
}

REFLUX_EXPORT Handle reflux_select(Handle x, std::int64_t dim, std::int64_t index) {
    return produce([&] { return x->select(dim, index); });
}

REFLUX_EXPORT Handle reflux_index_select(Handle x, std::int64_t dim, Handle index) {
    return produce([&] { return x->index_select(dim, *index); });
}

REFLUX_EXPORT Handle reflux_gather(Handle x, std::int64_t dim, Handle index) {
    return produce([&] { return x->gather(dim, *index); });
}

#define REFLUX_SCATTER(name) \
    REFLUX_EXPORT Handle reflux_##name(Handle x, std::int64_t dim, Handle index, Handle source) { \
        return produce([&] { return x->name(dim, *index, *source); }); \
    } \
    REFLUX_EXPORT int reflux_##name##_(Handle x, std::int64_t dim, Handle index, Handle source) { \
        return change([&] { x->name##_(dim, *index, *source); }); \
    }

REFLUX_SCATTER(scatter)
REFLUX_SCATTER(scatter_add)
REFLUX_SCATTER(index_copy)

REFLUX_EXPORT Handle reflux_index_add(Handle x, std::int64_t dim, Handle index, Handle source, Scalar alpha) {
    return produce([&] { return x->index_add(dim, *index, *source, alpha.value()); });
}

REFLUX_EXPORT int reflux_index_add_(Handle x, std::int64_t dim, Handle index, Handle source, Scalar alpha) {
    return change([&] { x->index_add_(dim, *index, *source, alpha.value()); });
}

REFLUX_EXPORT Handle reflux_index_fill(Handle x, std::int64_t dim, Handle index, Scalar value) {
    return produce([&] { return x->index_fill(dim, *index, value.value()); });
}

REFLUX_EXPORT int reflux_index_fill_(Handle x, std::int64_t dim, Handle index, Scalar value) {
    return change([&] { x->index_fill_(dim, *index, value.value()); });
}

REFLUX_EXPORT Handle reflux_masked_fill(Handle x, Handle mask, Scalar value) {
    return produce([&] { return x->masked_fill(*mask, value.value()); });
}

REFLUX_EXPORT int reflux_masked_fill_(Handle x, Handle mask, Scalar value) {
    return change([&] { x->masked_fill_(*mask, value.value()); });
}

REFLUX_EXPORT Handle reflux_masked_select(Handle x, Handle mask) {
    return produce([&] { return x->masked_select(*mask); });
}

REFLUX_EXPORT Handle reflux_where(Handle condition, Handle x, Handle y) {
    return produce([&] { return at::where(*condition, *x, *y); });
}

REFLUX_EXPORT Handle reflux_tril(Handle x, std::int64_t diagonal) {
    return produce([&] { return x->tril(diagonal); });
}

REFLUX_EXPORT Handle reflux_triu(Handle x, std::int64_t diagonal) {
    return produce([&] { return x->triu(diagonal); });
}

REFLUX_EXPORT TensorList* reflux_unbind(Handle x, std::int64_t dim) {
    return produce_list([&] { return x->unbind(dim); });
}

REFLUX_EXPORT TensorList* reflux_chunk(Handle x, std::int64_t chunks, std::int64_t dim) {
    return produce_list([&] { return x->chunk(chunks, dim); });
}

REFLUX_EXPORT TensorList* reflux_split(Handle x, std::int64_t size, std::int64_t dim) {
    return produce_list([&] { return x->split(size, dim); });
}

REFLUX_EXPORT TensorList* reflux_split_sizes(Handle x, const std::int64_t* sizes, int count, std::int64_t dim) {
    return produce_list([&] { return x->split_with_sizes(sizes_of(sizes, count), dim); });
}

REFLUX_EXPORT Handle reflux_cat(Handle* tensors, int count, std::int64_t dim) {
    return produce([&] { return at::cat(tensors_of(tensors, count), dim); });
}

REFLUX_EXPORT Handle reflux_stack(Handle* tensors, int count, std::int64_t dim) {
    return produce([&] { return at::stack(tensors_of(tensors, count), dim); });
}
