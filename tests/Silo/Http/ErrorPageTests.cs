using System.Reflection;
using Reflux.Contracts.Errors;
using Reflux.Silo.Http;
using Reflux.Tests.Support;

namespace Reflux.Silo.Tests.Http;

/// <summary>docs/errors.md is what the code does.</summary>
public sealed class ErrorPageTests
{
    [Fact]
    public void The_page_lists_every_code_with_its_status()
    {
        var listed = File.ReadLines(RepositoryRoot.File("docs", "errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[2]);
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.Equal(codes.Order(), listed.Keys.Order());
        Assert.All(codes, code => Assert.Equal(ProblemStatus.Of(code), listed[code] == "–" ? 500 : int.Parse(listed[code], null)));
    }
}
