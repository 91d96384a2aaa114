using System.Runtime.InteropServices;
using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Torch;

/// <summary>What libtorch refuses becomes an exception with its message, and nothing else happens.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, Action> Mistakes => new()
    {
        { "mat1 and mat2 shapes cannot be multiplied", () => ones(2, 3).mm(ones(2, 3)) },
        { "invalid for input of size 6", () => ones(6).view(4) },
        { "must match the size of tensor", () => _ = ones(2) + ones(3) },
        { "out of range", () => ones(2).index_select(0, tensor(new long[] { 2 })) },
        { "Dimension out of range", () => ones(2).sum(5) },
        { "Dimension out of range", () => ones(2).size(3) },
        { "element 0 of tensors does not require grad", () => ones(1).backward() },
        { "grad can be implicitly created only for scalar outputs", () => (ones(2, requires_grad: true) * 2).backward() },
        { "leaf Variable that requires grad", () => ones(2, requires_grad: true).add_(1) },
        { "doesn't match the broadcast shape", () => ones(2).add_(ones(2, 2)) },
        { "Only Tensors of floating point", () => arange(3).requires_grad_() },
        { "invalid multinomial distribution", () => multinomial(zeros(3), 1) },
        { "chunk expects", () => ones(2).chunk(0) },
        { "selected index k out of range", () => ones(2).topk(3) },
        { "non-empty TensorList", () => stack([]) },
        { "cannot be converted to Scalar", () => ones(2).ToScalar() },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Libtorch_says_why(string message, Action mistake)
    {
        var error = Assert.Throws<ExternalException>(mistake);

        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_tensor_is_refused_before_libtorch_sees_it()
    {
        Tensor x = ones(1);
        x.Dispose();
        x.Dispose();

        Assert.True(x.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => x + 1);
        Assert.Throws<InvalidOperationException>(() => ones(1).add(x));
        Assert.Equal("", x.ToString());
    }

    [Fact]
    public void A_failed_call_leaves_no_tensor_behind()
    {
        Tensor x = ones(2, 3);
        int before = _scope.DisposablesCount;

        Assert.Throws<ExternalException>(() => x.mm(x));
        Assert.Throws<ExternalException>(() => x.topk(9));
        Assert.Throws<ExternalException>(() => x.split([1, 5], 0));

        Assert.Equal(before, _scope.DisposablesCount);
    }
}
