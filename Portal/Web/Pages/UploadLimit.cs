using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Web.Pages;

/// <summary>Refuses an upload by its announced length, before a byte of it is read.</summary>
internal static class UploadLimit
{
    /// <summary>50 MiB for the file and room for the form around it.</summary>
    public const long LargestRequest = (50L * 1024 * 1024) + (64 * 1024);

    private static readonly Problem TooLarge = new(
        "material.tooLarge", 413, "文件超过 50 MB，请压缩后重新上传。已填写的内容均已保存。", "The file is larger than 50 MB. Make it smaller and upload it again; what you filled in is kept.");

    public static Task RefuseAsync(HttpContext context, RequestDelegate next) =>
        context.Request.ContentLength > LargestRequest ? throw TooLarge.Exception() : next(context);
}
