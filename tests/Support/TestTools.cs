namespace Reflux.Tests.Support;

/// <summary>The independent implementations of <c>tests/reference/npm</c>, which <c>./reflux test --all</c> installs.</summary>
public static class TestTools
{
    /// <summary>The directory that holds their <c>node_modules</c>.</summary>
    /// <exception cref="InvalidOperationException">They are not installed.</exception>
    public static string Directory => Environment.GetEnvironmentVariable("REFLUX_TEST_TOOLS") is { Length: > 0 } directory
        ? directory
        : throw new InvalidOperationException("This test compares with npm packages that are not installed: run ./reflux test --all, or set REFLUX_TEST_TOOLS to what deploy/setup/test-tools prints.");
}
