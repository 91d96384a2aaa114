// Arithmetic, comparisons, reductions, linear algebra and the functions of neural networks.
#include "reflux_torch.h"

#include <cmath>
#include <limits>

using namespace reflux;

// ---- element by element

#define REFLUX_UNARY(name) \
    REFLUX_EXPORT Handle reflux_##name(Handle x) { return produce([&] { return at::name(*x); }); }

REFLUX_UNARY(abs)
REFLUX_UNARY(neg)
REFLUX_UNARY(exp)
REFLUX_UNARY(expm1)
REFLUX_UNARY(log)
REFLUX_UNARY(log1p)
REFLUX_UNARY(log2)
REFLUX_UNARY(sqrt)
REFLUX_UNARY(rsqrt)
REFLUX_UNARY(sin)
REFLUX_UNARY(cos)
REFLUX_UNARY(tanh)
REFLUX_UNARY(sigmoid)
REFLUX_UNARY(silu)
REFLUX_UNARY(relu)
REFLUX_UNARY(reciprocal)
REFLUX_UNARY(square)
REFLUX_UNARY(floor)
REFLUX_UNARY(ceil)
REFLUX_UNARY(trunc)
REFLUX_UNARY(sign)
REFLUX_UNARY(isfinite)
REFLUX_UNARY(isnan)
REFLUX_UNARY(isinf)
REFLUX_UNARY(logical_not)
REFLUX_UNARY(bitwise_not)

REFLUX_EXPORT Handle reflux_round(Handle x, std::int64_t decimals) {
    return produce([&] { return at::round(*x, decimals); });
}

REFLUX_EXPORT Handle reflux_pow(Handle x, Scalar exponent) {
    return produce([&] { return at::pow(*x, exponent.value()); });
}

REFLUX_EXPORT Handle reflux_pow_tensor(Handle x, Handle exponent) {
    return produce([&] { return at::pow(*x, *exponent); });
}

REFLUX_EXPORT Handle reflux_clamp(Handle x, Scalar min, Scalar max) {
    return produce([&] { return at::clamp(*x, min.optional(), max.optional()); });
}

REFLUX_EXPORT Handle reflux_clamp_tensor(Handle x, Handle min, Handle max) {
    return produce([&] { return at::clamp(*x, or_none(min), or_none(max)); });
}

REFLUX_EXPORT Handle reflux_softmax(Handle x, std::int64_t dim, int dtype) {
    return produce([&] { return at::softmax(*x, dim, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_log_softmax(Handle x, std::int64_t dim, int dtype) {
    return produce([&] { return at::log_softmax(*x, dim, type_or_none(dtype)); });
}

#define REFLUX_BINARY(name) \
    REFLUX_EXPORT Handle reflux_##name(Handle x, Handle y) { return produce([&] { return at::name(*x, *y); }); }

REFLUX_BINARY(sub)
REFLUX_BINARY(mul)
REFLUX_BINARY(remainder)
REFLUX_BINARY(maximum)
REFLUX_BINARY(minimum)
REFLUX_BINARY(logaddexp)
REFLUX_BINARY(bitwise_and)
REFLUX_BINARY(bitwise_or)
REFLUX_BINARY(bitwise_xor)
REFLUX_BINARY(logical_and)
REFLUX_BINARY(logical_or)
REFLUX_BINARY(logical_xor)
REFLUX_BINARY(eq)
REFLUX_BINARY(ne)
REFLUX_BINARY(lt)
REFLUX_BINARY(le)
REFLUX_BINARY(gt)
REFLUX_BINARY(ge)
REFLUX_BINARY(matmul)
REFLUX_BINARY(mv)
REFLUX_BINARY(dot)
REFLUX_BINARY(outer)

#define REFLUX_WITH_SCALAR(name) \
    REFLUX_EXPORT Handle reflux_##name##_scalar(Handle x, Scalar y) { return produce([&] { return at::name(*x, y.value()); }); }

REFLUX_WITH_SCALAR(add)
REFLUX_WITH_SCALAR(sub)
REFLUX_WITH_SCALAR(mul)
REFLUX_WITH_SCALAR(remainder)
REFLUX_WITH_SCALAR(eq)
REFLUX_WITH_SCALAR(ne)
REFLUX_WITH_SCALAR(lt)
REFLUX_WITH_SCALAR(le)
REFLUX_WITH_SCALAR(gt)
REFLUX_WITH_SCALAR(ge)

REFLUX_EXPORT Handle reflux_add(Handle x, Handle y, Scalar alpha) {
    return produce([&] { return at::add(*x, *y, alpha.value()); });
}

namespace {

// torch.RoundingMode: none, trunc, floor
const char* rounding_name(int rounding) { return rounding == 1 ? "trunc" : "floor"; }

}  // namespace

REFLUX_EXPORT Handle reflux_div(Handle x, Handle y, int rounding) {
    return produce([&] { return rounding == 0 ? at::div(*x, *y) : at::div(*x, *y, rounding_name(rounding)); });
}

REFLUX_EXPORT Handle reflux_div_scalar(Handle x, Scalar y, int rounding) {
    return produce([&] { return rounding == 0 ? at::div(*x, y.value()) : at::div(*x, y.value(), rounding_name(rounding)); });
}

REFLUX_EXPORT Handle reflux_addcmul(Handle x, Handle first, Handle second, Scalar value) {
    return produce([&] { return at::addcmul(*x, *first, *second, value.value()); });
}

REFLUX_EXPORT Handle reflux_addcdiv(Handle x, Handle first, Handle second, Scalar value) {
    return produce([&] { return at::addcdiv(*x, *first, *second, value.value()); });
}

REFLUX_EXPORT Handle reflux_lerp(Handle x, Handle end, Handle weight) {
    return produce([&] { return at::lerp(*x, *end, *weight); });
}

REFLUX_EXPORT int reflux_equal(Handle x, Handle y) {
    return guarded([&] { return static_cast<int>(at::equal(*x, *y)); }, -1);
}

REFLUX_EXPORT int reflux_allclose(Handle x, Handle y, double relative, double absolute, bool equal_nan) {
    return guarded([&] { return static_cast<int>(at::allclose(*x, *y, relative, absolute, equal_nan)); }, -1);
}

REFLUX_EXPORT Handle reflux_isclose(Handle x, Handle y, double relative, double absolute, bool equal_nan) {
    return produce([&] { return at::isclose(*x, *y, relative, absolute, equal_nan); });
}

// ---- in place

#define REFLUX_UNARY_IN_PLACE(name) \
    REFLUX_EXPORT int reflux_##name(Handle x) { return change([&] { x->name(); }); }

REFLUX_UNARY_IN_PLACE(zero_)
REFLUX_UNARY_IN_PLACE(sqrt_)
REFLUX_UNARY_IN_PLACE(rsqrt_)
REFLUX_UNARY_IN_PLACE(neg_)
REFLUX_UNARY_IN_PLACE(abs_)
REFLUX_UNARY_IN_PLACE(exp_)

REFLUX_EXPORT int reflux_fill_(Handle x, Scalar value) {
    return change([&] { x->fill_(value.value()); });
}

REFLUX_EXPORT int reflux_copy_(Handle x, Handle source, bool non_blocking) {
    return change([&] { x->copy_(*source, non_blocking); });
}

REFLUX_EXPORT int reflux_add_(Handle x, Handle y, Scalar alpha) {
    return change([&] { x->add_(*y, alpha.value()); });
}

REFLUX_EXPORT int reflux_sub_(Handle x, Handle y) {
    return change([&] { x->sub_(*y); });
}

REFLUX_EXPORT int reflux_mul_(Handle x, Handle y) {
    return change([&] { x->mul_(*y); });
}

REFLUX_EXPORT int reflux_add_scalar_(Handle x, Scalar y) {
    return change([&] { x->add_(y.value()); });
}

REFLUX_EXPORT int reflux_sub_scalar_(Handle x, Scalar y) {
    return change([&] { x->sub_(y.value()); });
}

REFLUX_EXPORT int reflux_mul_scalar_(Handle x, Scalar y) {
    return change([&] { x->mul_(y.value()); });
}

REFLUX_EXPORT int reflux_div_(Handle x, Handle y, int rounding) {
    return change([&] { rounding == 0 ? x->div_(*y) : x->div_(*y, rounding_name(rounding)); });
}

REFLUX_EXPORT int reflux_div_scalar_(Handle x, Scalar y, int rounding) {
    return change([&] { rounding == 0 ? x->div_(y.value()) : x->div_(y.value(), rounding_name(rounding)); });
}

REFLUX_EXPORT int reflux_addmm_(Handle x, Handle first, Handle second, double beta, double alpha) {
    return change([&] { x->addmm_(*first, *second, beta, alpha); });
}

REFLUX_EXPORT int reflux_addcmul_(Handle x, Handle first, Handle second, Scalar value) {
    return change([&] { x->addcmul_(*first, *second, value.value()); });
}

REFLUX_EXPORT int reflux_addcdiv_(Handle x, Handle first, Handle second, Scalar value) {
    return change([&] { x->addcdiv_(*first, *second, value.value()); });
}

REFLUX_EXPORT int reflux_lerp_(Handle x, Handle end, Handle weight) {
    return change([&] { x->lerp_(*end, *weight); });
}

REFLUX_EXPORT int reflux_clamp_(Handle x, Scalar min, Scalar max) {
    return change([&] { x->clamp_(min.optional(), max.optional()); });
}

// ---- reductions

REFLUX_UNARY(mean)
REFLUX_UNARY(max)
REFLUX_UNARY(min)
REFLUX_UNARY(all)
REFLUX_UNARY(any)

REFLUX_EXPORT Handle reflux_sum(Handle x, int dtype) {
    return produce([&] { return at::sum(*x, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_prod(Handle x, int dtype) {
    return produce([&] { return at::prod(*x, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_sum_dims(Handle x, const std::int64_t* dims, int count, bool keep, int dtype) {
    return produce([&] { return at::sum(*x, sizes_of(dims, count), keep, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_mean_dims(Handle x, const std::int64_t* dims, int count, bool keep, int dtype) {
    return produce([&] { return at::mean(*x, sizes_of(dims, count), keep, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_std(Handle x, bool unbiased) {
    return produce([&] { return at::std(*x, unbiased); });
}

REFLUX_EXPORT Handle reflux_var(Handle x, bool unbiased) {
    return produce([&] { return at::var(*x, unbiased); });
}

REFLUX_EXPORT Handle reflux_max_dim(Handle x, std::int64_t dim, bool keep, Handle* indexes) {
    return produce_pair(indexes, [&] { return at::max(*x, dim, keep); });
}

REFLUX_EXPORT Handle reflux_min_dim(Handle x, std::int64_t dim, bool keep, Handle* indexes) {
    return produce_pair(indexes, [&] { return at::min(*x, dim, keep); });
}

REFLUX_EXPORT Handle reflux_amax(Handle x, const std::int64_t* dims, int count, bool keep) {
    return produce([&] { return at::amax(*x, sizes_of(dims, count), keep); });
}

REFLUX_EXPORT Handle reflux_amin(Handle x, const std::int64_t* dims, int count, bool keep) {
    return produce([&] { return at::amin(*x, sizes_of(dims, count), keep); });
}

REFLUX_EXPORT Handle reflux_argmax(Handle x, bool has_dim, std::int64_t dim, bool keep) {
    return produce([&] { return has_dim ? at::argmax(*x, dim, keep) : at::argmax(*x); });
}

REFLUX_EXPORT Handle reflux_argmin(Handle x, bool has_dim, std::int64_t dim, bool keep) {
    return produce([&] { return has_dim ? at::argmin(*x, dim, keep) : at::argmin(*x); });
}

REFLUX_EXPORT Handle reflux_all_dim(Handle x, std::int64_t dim, bool keep) {
    return produce([&] { return at::all(*x, dim, keep); });
}

REFLUX_EXPORT Handle reflux_any_dim(Handle x, std::int64_t dim, bool keep) {
    return produce([&] { return at::any(*x, dim, keep); });
}

REFLUX_EXPORT Handle reflux_logsumexp(Handle x, std::int64_t dim, bool keep) {
    return produce([&] { return at::logsumexp(*x, at::IntArrayRef(dim), keep); });
}

REFLUX_EXPORT Handle reflux_cumsum(Handle x, std::int64_t dim, int dtype) {
    return produce([&] { return at::cumsum(*x, dim, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_cumprod(Handle x, std::int64_t dim, int dtype) {
    return produce([&] { return at::cumprod(*x, dim, type_or_none(dtype)); });
}

REFLUX_EXPORT Handle reflux_norm(Handle x, double p) {
    return produce([&] { return at::norm(*x, at::Scalar(p)); });
}

REFLUX_EXPORT Handle reflux_norm_dim(Handle x, std::int64_t dim, bool keep, double p) {
    return produce([&] { return at::norm(*x, Maybe<at::Scalar>(at::Scalar(p)), at::IntArrayRef(dim), keep); });
}

REFLUX_EXPORT Handle reflux_count_nonzero(Handle x, const std::int64_t* dims, int count) {
    return produce([&] {
        return count == 0 ? at::count_nonzero(*x, Maybe<std::int64_t>()) : at::count_nonzero(*x, sizes_of(dims, count));
    });
}

// ---- order

REFLUX_EXPORT Handle reflux_topk(Handle x, std::int64_t k, std::int64_t dim, bool largest, bool sorted, Handle* indexes) {
    return produce_pair(indexes, [&] { return at::topk(*x, k, dim, largest, sorted); });
}

REFLUX_EXPORT Handle reflux_sort(Handle x, std::int64_t dim, bool descending, bool stable, Handle* indexes) {
    return produce_pair(indexes, [&] { return at::sort(*x, Maybe<bool>(stable), dim, descending); });
}

REFLUX_EXPORT Handle reflux_argsort(Handle x, std::int64_t dim, bool descending) {
    return produce([&] { return at::argsort(*x, dim, descending); });
}

REFLUX_EXPORT Handle reflux_bincount(Handle x, Handle weights, std::int64_t minimum) {
    return produce([&] { return at::bincount(*x, or_none(weights), minimum); });
}

REFLUX_EXPORT Handle reflux_searchsorted(Handle sorted, Handle values, bool int32, bool right, Handle sorter) {
    return produce([&] { return at::searchsorted(*sorted, *values, int32, right, {}, or_none(sorter)); });
}

REFLUX_EXPORT Handle reflux_einsum(const char* equation, Handle* tensors, int count) {
    return produce([&] { return at::einsum(equation, tensors_of(tensors, count)); });
}

// ---- neural networks

REFLUX_EXPORT Handle reflux_one_hot(Handle x, std::int64_t classes) {
    return produce([&] { return at::one_hot(*x, classes); });
}

REFLUX_EXPORT Handle reflux_cross_entropy(
    Handle x, Handle target, Handle weight, std::int64_t reduction, std::int64_t ignored, double smoothing) {
    return produce([&] { return at::cross_entropy_loss(*x, *target, or_none(weight), reduction, ignored, smoothing); });
}

REFLUX_EXPORT Handle reflux_mse_loss(Handle x, Handle target, std::int64_t reduction) {
    return produce([&] { return at::mse_loss(*x, *target, reduction); });
}

namespace {

#if TORCH_VERSION_MAJOR < 2
// libtorch 1.13 has no public scaled_dot_product_attention
at::Tensor attention(
    const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const Maybe<at::Tensor>& mask, double dropout,
    bool causal) {
    at::Tensor scores = at::matmul(query / std::sqrt(static_cast<double>(query.size(-1))), key.transpose(-2, -1));
    if (causal) {
        at::Tensor allowed = at::ones({query.size(-2), key.size(-2)}, query.options().dtype(at::kBool)).tril();
        scores = scores.masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity());
    } else if (mask) {
        scores = mask->scalar_type() == at::kBool
            ? scores.masked_fill(mask->logical_not(), -std::numeric_limits<double>::infinity())
            : scores + *mask;
    }

    at::Tensor weights = at::softmax(scores, -1);
    return at::matmul(dropout > 0 ? at::dropout(weights, dropout, /*train=*/true) : weights, value);
}
#else
at::Tensor attention(
    const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const Maybe<at::Tensor>& mask, double dropout,
    bool causal) {
    return at::scaled_dot_product_attention(query, key, value, mask, dropout, causal);
}
#endif

}  // namespace

REFLUX_EXPORT Handle reflux_attention(Handle query, Handle key, Handle value, Handle mask, double dropout, bool causal) {
    return produce([&] { return attention(*query, *key, *value, or_none(mask), dropout, causal); });
}
