using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Models;

/// <summary>
/// Scalars that outlive the native calls they are made for. TorchSharp hands libtorch a scalar's address and keeps nothing alive meanwhile: a collection at that
/// moment frees a scalar that nothing else holds, and libtorch reads freed memory. So a scalar is made in a static field or by a <c>using</c>, never in an
/// argument, and what makes one inside TorchSharp is not called: operators with a number, the sum of two tensors, <c>square</c>, <c>arange</c> without a step.
/// </summary>
public static class Scalars
{
    /// <summary>The integer 0.</summary>
    public static readonly Scalar Zero = 0;

    /// <summary>The integer 1.</summary>
    public static readonly Scalar One = 1;

    /// <summary>The integer 2.</summary>
    public static readonly Scalar Two = 2;

    /// <summary>−∞</summary>
    public static readonly Scalar NegativeInfinity = double.NegativeInfinity;

    /// <summary>a + b, with broadcasting.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>x + value in x's floating dtype.</summary>
    public static Tensor Plus(this Tensor tensor, double value)
    {
        // add makes another scalar, its factor 1; to subtract −value gives the same bits
        using Scalar opposite = -value;
        return tensor.sub(opposite);
    }

    /// <summary>value · x in x's floating dtype.</summary>
    public static Tensor Times(this Tensor tensor, double value)
    {
        using Scalar factor = value;
        return tensor.mul(factor);
    }

    /// <summary>x / value in x's floating dtype.</summary>
    public static Tensor Over(this Tensor tensor, double value)
    {
        using Scalar divisor = value;
        return tensor.div(divisor);
    }
}
