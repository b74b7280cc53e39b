#version 300 es
// A rectangle of the image, placed by the camera. Row 0 of the image is at the bottom.
uniform vec4 rect;     // x0, y0, x1, y1 in image pixels
uniform vec2 size;     // of the image, pixels
uniform vec2 center;   // image position in the middle of the view
uniform vec2 scale;    // device pixels per image pixel, x and y
uniform vec2 viewport; // device pixels
out vec2 uv;

void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 p = mix(rect.xy, rect.zw, corner);
  uv = p / size;
  gl_Position = vec4((p - center) * scale * 2.0 / viewport, 0.0, 1.0);
}
