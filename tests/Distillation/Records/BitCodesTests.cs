using FsCheck;
using FsCheck.Fluent;
using Reflux.Distillation.Records;

namespace Reflux.Distillation.Tests.Records;

public class BitCodesTests
{
    [Fact]
    public void MixedCodesComeBackInOrder() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var (writer, random) = (new BitWriter(), new Random(seed));
        var codes = Enumerable.Range(0, 200).Select(_ => (Kind: random.Next(3), Value: (uint)random.NextInt64(1L << random.Next(1, 31)), Parameter: random.Next(16))).ToArray();
        foreach (var (kind, value, parameter) in codes)
        {
            switch (kind)
            {
                case 0:
                    writer.Bits(value, 31);
                    break;
                case 1:
                    writer.Rice(value, parameter, 31);
                    break;
                default:
                    writer.Gamma((value % ushort.MaxValue) + 1);
                    break;
            }
        }

        var reader = new BitReader(writer.Finish());
        foreach (var (kind, value, parameter) in codes)
        {
            Assert.Equal(kind < 2 ? value : (value % ushort.MaxValue) + 1, kind switch { 0 => reader.Bits(31), 1 => reader.Rice(parameter, 31), _ => Gamma(ref reader) });
        }

        Assert.True(reader.Align());
        Assert.Equal(0, reader.Remaining);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(15, 0, 16)]
    [InlineData(16, 0, 16 + 9)]
    [InlineData((16 << 3) - 1, 3, 19)]
    [InlineData(16 << 3, 3, 16 + 9)]
    public void LongQuotientsAreWrittenInFull(uint value, int parameter, int bits)
    {
        var writer = new BitWriter();
        writer.Rice(value, parameter, escapeBits: 9);
        var reader = new BitReader(writer.Finish());

        Assert.Equal(value, reader.Rice(parameter, escapeBits: 9));
        Assert.Equal(bits, reader.Position);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(400)]
    [InlineData(30_000)]
    public void TheParameterIsTheShortestForGeometricValues(double mean)
    {
        var random = new Random(1);
        uint[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (uint)Math.Floor(Math.Log(1 - random.NextDouble()) / Math.Log(mean / (mean + 1))))];
        var chosen = RiceCode.Parameter(values.Sum(value => (long)value), values.Length);

        long Size(int parameter) => values.Sum(value => 1L + parameter + (value >> parameter));

        Assert.InRange(Size(chosen), 0, 1.005 * Enumerable.Range(0, 20).Min(Size));
    }

    [Fact]
    public void BehindTheEndThereAreZeros()
    {
        var reader = new BitReader([0xFF]);

        Assert.Equal(0xFFul, reader.Bits(20));
        Assert.Equal(0u, reader.Rice(4, 16));
        Assert.Null(reader.Gamma(new ushort[1]));
        Assert.True(reader.Remaining < 0);
    }

    [Fact]
    public void ManyCodesAtOnceAreThoseOneByOne() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var (writer, random) = (new BitWriter(), new Random(seed));
        var parameter = random.Next(20);
        int[] values = [.. Enumerable.Range(0, 200).Select(_ => (int)random.NextInt64(1L << random.Next(1, 31)))];
        ushort[] numbers = [.. Enumerable.Range(0, 200).Select(_ => (ushort)(1 + (random.Next(ushort.MaxValue) >> random.Next(16))))];
        var skipped = random.Next(8);
        writer.Bits(0, skipped);
        Array.ForEach(values, value => writer.Rice((uint)value, parameter, 31));
        Array.ForEach(numbers, number => writer.Gamma(number));

        var reader = new BitReader(writer.Finish());
        reader.Skip(skipped);
        var (readValues, readNumbers) = (new int[values.Length], new ushort[numbers.Length]);
        reader.Rice(parameter, 31, readValues);
        var sum = reader.Gamma(readNumbers);

        Assert.Equal(values, readValues);
        Assert.Equal(numbers, readNumbers);
        Assert.Equal(numbers.Sum(number => (long)number), sum);
        Assert.True(reader.Align());
        Assert.Equal(0, reader.Remaining);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void WhatNoIntHoldsIsNoSmallerNumber()
    {
        // quotient 4 at r = 30 stands for 2³²
        var reader = new BitReader([0b0001_0000, 0, 0, 0, 0, 0, 0, 0]);
        var values = new int[1];

        reader.Rice(30, 31, values);

        Assert.Equal(-1, values[0]);
    }

    private static uint Gamma(ref BitReader reader)
    {
        var number = new ushort[1];
        return (uint)reader.Gamma(number)!.Value;
    }
}
