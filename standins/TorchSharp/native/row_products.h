// A few rows times a matrix whose rows are the columns of the result: y[m,n] = Σ x[m,k]·w[n,k] + a[m,n]. float32; the last dimensions are contiguous.
#pragma once

#include "reflux_torch.h"

#include <c10/core/InferenceMode.h>

namespace reflux {

struct RowProduct {
    const float* rows;     // [row_count, inner]
    const float* weights;  // [columns, inner]
    const float* added;    // [row_count, columns], or nullptr for none
    float* result;         // [row_count, columns], without gaps
    std::int64_t row_count, inner, columns;
    std::int64_t row_step, weight_step, added_step;  // elements from one row to the next
};

// sums in a fixed order: a result depends on its own row and column alone
void multiply_rows(const RowProduct& product);

// elsewhere the BLAS computes, so that a forward gives the same bits with gradients and without
inline bool inferring() { return c10::InferenceMode::is_enabled(); }

}  // namespace reflux
