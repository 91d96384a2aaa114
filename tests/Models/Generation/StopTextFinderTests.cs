using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reflux.Models.Generation;

namespace Reflux.Models.Tests.Generation;

public class StopTextFinderTests
{
    [Fact]
    public void A_stop_is_found_wherever_the_borders_lie()
    {
        Gen<(string, int[])> cases =
            from text in Gen.Elements("a", "b", "é", "𝄞").ArrayOf().Select(string.Concat)
            from sizes in Gen.Choose(1, 4).ArrayOf(80)
            select (text, sizes);
        string[] stops = ["abé", "bb", "éa"];

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), candidate =>
        {
            (string text, int[] sizes) = candidate;
            StopTextFinder finder = new(stops);
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            StringBuilder taken = new();
            int at = 0;
            for (int i = 0; at < bytes.Length && !finder.Found; i++)
            {
                int size = Math.Min(sizes[i % sizes.Length], bytes.Length - at);
                finder.Append(bytes.AsSpan(at, size));
                at += size;
                taken.Append(finder.Take(last: false));
                Assert.StartsWith(taken.ToString(), text, StringComparison.Ordinal);
            }

            Assert.Equal(finder.Text, taken.Append(finder.Take(last: true)).ToString());

            int[] found = [.. stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0)];
            Assert.Equal(found.Length > 0, finder.Found);
            if (found.Length == 0)
            {
                Assert.Equal(text, finder.Text);
            }
            else
            {
                Assert.StartsWith(finder.Text, text, StringComparison.Ordinal);
                Assert.Contains(stops, stop => text[finder.Text.Length..].StartsWith(stop, StringComparison.Ordinal));
            }
        }));
    }

    [Fact]
    public void What_may_become_a_stop_or_is_half_a_character_is_held_back()
    {
        StopTextFinder finder = new(["STOP"]);
        (byte[] Appended, string Taken)[] steps = [([.. "abS"u8], "ab"), ([.. "T"u8], ""), ([.. "Sx"u8], "STSx"), ([0xC3], ""), ([0xA9], "é"), ([.. "ST"u8], "")];

        foreach ((byte[] appended, string taken) in steps)
        {
            finder.Append(appended);
            Assert.Equal(taken, finder.Take(last: false));
        }

        Assert.Equal("ST", finder.Take(last: true));
    }

    [Fact]
    public void Of_two_that_are_completed_at_once_the_first_counts()
    {
        StopTextFinder finder = new(["cd", "bc"]);
        finder.Append("abcd"u8);

        Assert.Equal("a", finder.Text);
    }
}
