using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>A scalar as the shim takes it: 16 bytes, by value; a floating-point value travels as its bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeScalar
{
    public const int Integer = 0;
    public const int Floating = 1;
    public const int Boolean = 2;
    public const int Absent = 3;

    public NativeScalar(int kind, long bits)
    {
        Kind = kind;
        Bits = bits;
    }

    public readonly long Bits;
    public readonly int Kind;
}
