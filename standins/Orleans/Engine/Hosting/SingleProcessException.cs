namespace Orleans.Engine;

/// <summary>Something was asked for that only a distributed engine has.</summary>
internal sealed class SingleProcessException(string feature) : NotSupportedException(
    $"{feature} needs official Orleans: this process runs on the single-process stand-in, which serves one silo in one process and "
    + "never becomes a distributed engine. Run one silo without it, or build on a feed that has the Microsoft.Orleans packages "
    + "(delete artifacts/feed.props and run setup again there).");
