// Averages the supersampled picture down, 2 x 2 taps between texels.
in vec2 at;
out vec4 picture;
uniform sampler2D source;
uniform float offset;
void main() {
    vec2 q = at * .5 + .5;
    vec4 sum = texture(source, q + vec2(offset, offset)) + texture(source, q + vec2(-offset, offset));
    picture = .25 * (sum + texture(source, q + vec2(offset, -offset)) + texture(source, q - vec2(offset, offset)));
}
