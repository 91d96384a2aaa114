using Reflux.Models.Decoders;
using Reflux.Tests.Support;

namespace Reflux.Models.Tests.Decoders;

/// <summary>Every parameter's name and shape, pinned in tests/Models/Approved: a model in the wild has these and no others.</summary>
public class ParameterLayoutTests
{
    [Theory]
    [MemberData(nameof(TestFamilies.Names), MemberType = typeof(TestFamilies))]
    public void Names_and_shapes_are_those_that_were_approved(string family)
    {
        string[] approved = File.ReadAllLines(RepositoryRoot.File("tests", "Models", "Approved", $"{family}.txt"));
        string[] actual = [.. ParameterLayout.ShapesOf(TestFamilies.All[family]).Select(x => $"{x.Key} [{string.Join(", ", x.Value)}]")];

        string difference = string.Join("\n", approved.Except(actual).Select(line => "- " + line).Concat(actual.Except(approved).Select(line => "+ " + line)).OrderBy(line => line[2..], StringComparer.Ordinal));

        Assert.True(difference.Length == 0, $"the parameters of {family} are not those of tests/Models/Approved/{family}.txt:\n{difference}");
        Assert.Equal(approved, actual);
    }

    [Fact]
    public void Every_approved_file_is_of_a_family() => Assert.Equal(
        TestFamilies.All.Keys,
        Directory.EnumerateFiles(RepositoryRoot.File("tests", "Models", "Approved"), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal));
}
