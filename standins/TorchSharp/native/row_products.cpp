// Products of a few rows with a weight matrix, as generation multiplies them: y[m,n] = Σ x[m,k]·w[n,k]. OpenBLAS first copies the matrix into panels,
// which pays over many rows only; with sixteen rows most of its time is that copy. A result depends on its own row and column alone.
#include "row_products.h"

// these functions are inlined: no vector crosses a call
#pragma GCC diagnostic ignored "-Wpsabi"

namespace {

using namespace reflux;

// the BLAS is faster from about here; up to here waking a second thread for it costs what that thread saves
constexpr std::int64_t most_rows = 32;

// an alias would lose the attribute
template <int lanes>
struct Vector {
    typedef float Type __attribute__((vector_size(lanes * sizeof(float))));
    typedef std::int32_t Order __attribute__((vector_size(lanes * sizeof(std::int32_t))));
};

constexpr int quad = 4;
typedef float Quad __attribute__((vector_size(quad * sizeof(float))));

template <int lanes>
using Sums = typename Vector<lanes>::Type;

// takes the same four of every two quads
template <int lanes>
inline __attribute__((always_inline)) Sums<lanes> taken(const Sums<lanes>& x, const Sums<lanes>& y, int first, int second, int third, int fourth) {
    typename Vector<lanes>::Order order;
    const int four[quad] = {first, second, third, fourth};
    for (int i = 0; i < lanes; i++) {
        const int from = four[i % quad];
        order[i] = i / quad * quad + (from < quad ? from : lanes + from - quad);
    }

    return __builtin_shuffle(x, y, order);
}

// upper half and lower half together, until four lanes are left
template <int lanes>
inline __attribute__((always_inline)) Quad folded(const Sums<lanes>& sums) {
    if constexpr (lanes == quad) {
        return sums;
    } else if constexpr (lanes == 2 * quad) {
        return __builtin_shufflevector(sums, sums, 0, 1, 2, 3) + __builtin_shufflevector(sums, sums, 4, 5, 6, 7);
    } else {
        return folded<lanes / 2>(__builtin_shufflevector(sums, sums, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15));
    }
}

// the totals of four vectors' lanes, two of them in each step
template <int lanes>
inline __attribute__((always_inline)) Quad totals(const Sums<lanes>* v) {
    const auto x = taken<lanes>(v[0], v[1], 0, 4, 1, 5) + taken<lanes>(v[0], v[1], 2, 6, 3, 7);
    const auto y = taken<lanes>(v[2], v[3], 0, 4, 1, 5) + taken<lanes>(v[2], v[3], 2, 6, 3, 7);
    return folded<lanes>(taken<lanes>(x, y, 0, 1, 4, 5) + taken<lanes>(x, y, 2, 3, 6, 7));
}

// height rows × width columns, of which at most four: their sums stay in registers while the inner dimension goes by
template <int lanes, int height, int width>
inline __attribute__((always_inline)) void block(const RowProduct& p, std::int64_t row, std::int64_t column) {
    using Lanes = Sums<lanes>;
    Lanes sums[height][width] = {};
    const float* left = p.rows + row * p.row_step;
    const float* right = p.weights + column * p.weight_step;
    // the next columns on their way from the outer caches, a row of them while each block is computed
    const float* next = right + (width + row / height % width) * p.weight_step;
    std::int64_t i = 0;
    for (; i + lanes <= p.inner; i += lanes) {
        __builtin_prefetch(next + i);
        Lanes b[width];
        for (int n = 0; n < width; n++) {
            std::memcpy(&b[n], right + n * p.weight_step + i, sizeof b[n]);
        }

        for (int m = 0; m < height; m++) {
            Lanes a;
            std::memcpy(&a, left + m * p.row_step + i, sizeof a);
            for (int n = 0; n < width; n++) {
                sums[m][n] += a * b[n];
            }
        }
    }

    for (int m = 0; m < height; m++) {
        Lanes parts[quad] = {};
        for (int n = 0; n < width; n++) {
            parts[n] = sums[m][n];
        }

        auto total = totals<lanes>(parts);
        for (auto k = i; k < p.inner; k++) {
            for (int n = 0; n < width; n++) {
                total[n] += left[m * p.row_step + k] * right[n * p.weight_step + k];
            }
        }

        Quad added = {};
        if (p.added != nullptr) {
            std::memcpy(&added, p.added + (row + m) * p.added_step + column, width * sizeof(float));
        }

        total += added;
        std::memcpy(p.result + (row + m) * p.columns + column, &total, width * sizeof(float));
    }
}

template <int lanes, int height, int width>
inline __attribute__((always_inline)) void columns_of(const RowProduct& p, std::int64_t column) {
    std::int64_t row = 0;
    for (; row + height <= p.row_count; row += height) {
        block<lanes, height, width>(p, row, column);
    }

    for (; row + 2 <= p.row_count; row += 2) {
        block<lanes, 2, width>(p, row, column);
    }

    for (; row < p.row_count; row++) {
        block<lanes, 1, width>(p, row, column);
    }
}

template <int lanes, int height>
inline __attribute__((always_inline)) void multiply(const RowProduct& p) {
    std::int64_t column = 0;
    for (; column + quad <= p.columns; column += quad) {
        columns_of<lanes, height, quad>(p, column);
    }

    for (; column < p.columns; column++) {
        columns_of<lanes, height, 1>(p, column);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))) void multiply_512(const RowProduct& p) { multiply<16, 4>(p); }

__attribute__((target("avx2,fma"))) void multiply_256(const RowProduct& p) { multiply<8, 2>(p); }
#endif

void multiply_anywhere(const RowProduct& p) { multiply<4, 2>(p); }

bool plain(const at::Tensor& x) { return x.dim() == 2 && x.scalar_type() == at::kFloat && x.device().is_cpu() && x.layout() == at::kStrided; }

// weights: [columns, inner]
bool few_rows(const at::Tensor& rows, const at::Tensor& weights) {
    return inferring() && plain(rows) && plain(weights) && rows.size(0) <= most_rows && rows.size(1) == weights.size(1) && rows.size(1) > 0 && rows.stride(1) == 1 && weights.stride(1) == 1;
}

at::Tensor multiply_few_rows(const at::Tensor& rows, const at::Tensor& weights, const at::Tensor* added) {
    auto result = at::empty({rows.size(0), weights.size(0)}, rows.options());
    multiply_rows({rows.data_ptr<float>(), weights.data_ptr<float>(), added == nullptr ? nullptr : added->data_ptr<float>(), result.data_ptr<float>(),
         rows.size(0), rows.size(1), weights.size(0), rows.stride(0), weights.stride(0), added == nullptr || added->dim() == 1 ? 0 : added->stride(0)});
    return result;
}

// a row, or one row for all of them
bool adds(const at::Tensor& added, const at::Tensor& rows, const at::Tensor& weights) {
    const auto columns = weights.size(0);
    return added.scalar_type() == at::kFloat && added.device().is_cpu() && added.dim() >= 1 && added.dim() <= 2
        && added.size(-1) == columns && added.stride(-1) == 1 && (added.dim() == 1 || added.size(0) == rows.size(0));
}

}  // namespace

void reflux::multiply_rows(const RowProduct& p) {
#if defined(__x86_64__)
    static const auto chosen = __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") ? multiply_512
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")                                                                    ? multiply_256
                                                                                                                                            : multiply_anywhere;
#else
    constexpr auto chosen = multiply_anywhere;
#endif
    chosen(p);
}

REFLUX_EXPORT Handle reflux_mm(Handle left, Handle right) {
    return produce([&] {
        const bool few = right->dim() == 2 && few_rows(*left, right->t());
        return few ? multiply_few_rows(*left, right->t(), nullptr) : at::mm(*left, *right);
    });
}

REFLUX_EXPORT Handle reflux_addmm(Handle x, Handle first, Handle second, double beta, double alpha) {
    return produce([&] {
        const bool few = beta == 1 && alpha == 1 && second->dim() == 2 && few_rows(*first, second->t()) && adds(*x, *first, second->t());
        return few ? multiply_few_rows(*first, second->t(), x) : at::addmm(*x, *first, *second, beta, alpha);
    });
}

REFLUX_EXPORT Handle reflux_linear(Handle x, Handle weight, Handle bias) {
    return produce([&] {
        const bool few = few_rows(*x, *weight) && (bias == nullptr || (bias->dim() == 1 && adds(*bias, *x, *weight)));
        return few ? multiply_few_rows(*x, *weight, bias) : at::linear(*x, *weight, or_none(bias));
    });
}
