using TorchSharp;
using static Reflux.Standins.TorchSharp.Tests.Values;

namespace Reflux.Standins.TorchSharp.Tests.Tensors;

public sealed class PointwiseTests : IDisposable
{
    private static readonly double[] Inputs = [0.25, 0.5, 1, 2.5];

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Functions => new()
    {
        { "abs", x => (-x).abs(), Math.Abs },
        { "neg", x => x.neg(), x => -x },
        { "negative", x => x.negative(), x => -x },
        { "exp", x => x.exp(), Math.Exp },
        { "expm1", x => x.expm1(), x => Math.Exp(x) - 1 },
        { "log", x => x.log(), Math.Log },
        { "log1p", x => x.log1p(), x => Math.Log(1 + x) },
        { "log2", x => x.log2(), Math.Log2 },
        { "sqrt", x => x.sqrt(), Math.Sqrt },
        { "rsqrt", x => x.rsqrt(), x => 1 / Math.Sqrt(x) },
        { "rsqrt_", x => x.clone().rsqrt_(), x => 1 / Math.Sqrt(x) },
        { "sin", x => x.sin(), Math.Sin },
        { "cos", x => x.cos(), Math.Cos },
        { "tanh", x => x.tanh(), Math.Tanh },
        { "sigmoid", x => x.sigmoid(), Sigmoid },
        { "silu", x => x.silu(), x => x * Sigmoid(x) },
        { "functional.silu", x => nn.functional.silu(x), x => x * Sigmoid(x) },
        { "relu", x => (x - 1).relu(), x => Math.Max(0, x - 1) },
        { "reciprocal", x => x.reciprocal(), x => 1 / x },
        { "square", x => x.square(), x => x * x },
        { "floor", x => x.floor(), Math.Floor },
        { "ceil", x => x.ceil(), Math.Ceiling },
        { "trunc", x => (-x).trunc(), x => Math.Truncate(-x) },
        { "sign", x => (x - 1).sign(), x => Math.Sign(x - 1) },
        { "round", x => x.round(1), x => Math.Round(x, 1) },
        { "pow", x => x.pow(3), x => x * x * x },
        { "pow by a tensor", x => x.pow(x), x => Math.Pow(x, x) },
        { "clamp", x => x.clamp(0.4, 2), x => Math.Clamp(x, 0.4, 2) },
        { "clamp below", x => x.clamp(max: 1), x => Math.Min(x, 1) },
        { "clamp_min", x => x.clamp_min(1), x => Math.Max(x, 1) },
        { "clamp by tensors", x => x.clamp(Doubles(1), Doubles(2)), x => Math.Clamp(x, 1, 2) },
        { "torch.exp", x => exp(x), Math.Exp },
        { "torch.cos", x => cos(x), Math.Cos },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Functions))]
    public void Functions_follow_their_formulas(string name, Func<Tensor, Tensor> function, Func<double, double> formula)
    {
        Assert.NotEmpty(name);
        Equal([.. Inputs.Select(formula)], function(Doubles(Inputs)), 1e-12);
    }

    [Fact]
    public void Special_values_are_told_apart()
    {
        Tensor x = Doubles(1, double.NaN, double.PositiveInfinity, double.NegativeInfinity);

        Equal([1, 0, 0, 0], x.isfinite());
        Equal([0, 1, 0, 0], x.isnan());
        Equal([0, 0, 1, 1], x.isinf());
        Equal([1, 0, 0, 0], isfinite(x));
        Assert.False(x.isfinite().all().item<bool>());
    }

    [Fact]
    public void Softmax_and_its_logarithm_normalise_one_dimension()
    {
        Tensor x = Matrix(new double[,] { { 0, Math.Log(3) }, { 1000, 1000 } });

        Equal([0.25, 0.75, 0.5, 0.5], x.softmax(-1), 1e-12);
        Equal([0.25, 0.75, 0.5, 0.5], torch.softmax(x, 1), 1e-12);
        Equal([Math.Log(0.25), Math.Log(0.75), Math.Log(0.5), Math.Log(0.5)], x.log_softmax(-1), 1e-12);
        Assert.Equal(ScalarType.Float64, tensor(new[] { 1f }).softmax(0, float64).dtype);
        Equal([Math.Log(4), 1000 + Math.Log(2)], x.logsumexp(-1), 1e-12);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
