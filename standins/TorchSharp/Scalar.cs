using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number whose type is known at run time only: a 64-bit integer, a float64 or a bool.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly NativeScalar Native;

    private Scalar(long value, int kind) => Native = new NativeScalar(kind, value);

    internal static NativeScalar Absent => new(NativeScalar.Absent, 0);

    internal static Scalar Integer(long value) => new(value, NativeScalar.Integer);

    internal static Scalar Floating(double value) => new(BitConverter.DoubleToInt64Bits(value), NativeScalar.Floating);

    internal static Scalar Boolean(bool value) => new(value ? 1 : 0, NativeScalar.Boolean);

    internal static Scalar From(NativeScalar native) => new(native.Bits, native.Kind);

    internal bool IsIntegral => Native.Kind == NativeScalar.Integer;

    internal double AsDouble => Native.Kind == NativeScalar.Floating ? BitConverter.Int64BitsToDouble(Native.Bits) : Native.Bits;

    internal long AsInt64 => Native.Kind == NativeScalar.Floating ? (long)AsDouble : Native.Bits;

    public torch.ScalarType Type => Native.Kind switch
    {
        NativeScalar.Integer => torch.ScalarType.Int64,
        NativeScalar.Floating => torch.ScalarType.Float64,
        _ => torch.ScalarType.Bool,
    };

    public static implicit operator Scalar(byte value) => Integer(value);

    public static implicit operator Scalar(sbyte value) => Integer(value);

    public static implicit operator Scalar(short value) => Integer(value);

    public static implicit operator Scalar(int value) => Integer(value);

    public static implicit operator Scalar(long value) => Integer(value);

    public static implicit operator Scalar(Half value) => Floating((double)value);

    public static implicit operator Scalar(BFloat16 value) => Floating(value.ToSingle());

    public static implicit operator Scalar(float value) => Floating(value);

    public static implicit operator Scalar(double value) => Floating(value);

    public static implicit operator Scalar(bool value) => Boolean(value);

    /// <summary>Nothing to release here; the official type holds native memory.</summary>
    public void Dispose()
    {
    }
}
