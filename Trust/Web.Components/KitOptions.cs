namespace Yinxin.Web.Components;

/// <summary>What distinguishes one app's pages from another's.</summary>
/// <param name="App">Short name, part of cookie names: ports share cookies, names must not.</param>
/// <param name="Chinese">Name in the header.</param>
/// <param name="English">The same in English.</param>
public sealed record KitOptions(string App, string Chinese, string English)
{
    /// <summary>The bar below the header.</summary>
    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>Links at the foot of every page; they may lead to another app, by its whole address.</summary>
    public IReadOnlyList<Column> Footer { get; init; } = [];

    /// <summary>True for officials' screens: smaller type, more on a page.</summary>
    public bool Dense { get; init; }

    /// <summary>Folder of the app's Razor Pages.</summary>
    public string PagesRoot { get; init; } = "/Pages";
}

/// <summary>One entry of the bar or of the footer.</summary>
public sealed record Column(string Href, string Chinese, string English);
